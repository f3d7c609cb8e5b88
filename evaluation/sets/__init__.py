"""Evaluation sets, read from files of several formats."""
