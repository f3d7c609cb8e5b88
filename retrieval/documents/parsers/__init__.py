"""Files in, text out: one module a format, chosen by the name's ending or the server's word, then checked."""

from .base import PDF, ZIP, Block, BlockKind, Format, Page, Parsed, Unreadable
from .builder import TextBuilder
from .registry import FORMATS, PLAIN, format_by_ending, parse, parser_of, signature_of

__all__ = [
    "FORMATS",
    "PDF",
    "PLAIN",
    "ZIP",
    "Block",
    "BlockKind",
    "Format",
    "Page",
    "Parsed",
    "TextBuilder",
    "Unreadable",
    "format_by_ending",
    "parse",
    "parser_of",
    "signature_of",
]
