"""Adapters in the forms that servers load, and the check that they answer alike."""
