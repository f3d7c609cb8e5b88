"""Formats that hold values rather than prose: tables, trees of keys, settings."""

from . import delimited

FORMATS = (delimited.FORMAT,)
