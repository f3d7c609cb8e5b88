"""Formats that hold values rather than prose: tables, trees of keys, settings."""
