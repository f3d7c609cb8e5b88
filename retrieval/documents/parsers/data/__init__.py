"""Formats that hold values rather than prose: tables, trees of keys, settings."""

from . import delimited, json_files, settings
from .blobs import is_blob

FORMATS = (delimited.FORMAT, json_files.FORMAT, json_files.LINES, settings.SETTINGS, settings.YAML)

__all__ = ["FORMATS", "is_blob"]
