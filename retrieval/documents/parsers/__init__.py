"""Files in, text out: one module a format, chosen by the name's ending or the server's word, then checked."""

from .base import PDF, ZIP, Block, BlockKind, Format, Page, Parsed, Unreadable
from .builder import TextBuilder
from .registry import FORMATS, PLAIN, choose, format_by_ending, parse, parser_of, register
from .signatures import signature_of

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
    "choose",
    "format_by_ending",
    "parse",
    "parser_of",
    "register",
    "signature_of",
]
