"""Files in, text out: one module a format, chosen by the name's ending and checked against the content."""

from .base import Format, Parsed, Unreadable
from .registry import FORMATS, parse

__all__ = ["FORMATS", "Format", "Parsed", "Unreadable", "parse"]
