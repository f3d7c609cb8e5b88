"""Files in, text out: one module a format, chosen by the name's ending and checked against the content."""

from .registry import parse
from .types import Parsed, Unreadable

__all__ = ["Parsed", "Unreadable", "parse"]
