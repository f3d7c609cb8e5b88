"""Files in, text out: one module a format, chosen by the name's ending or the server's word, then checked."""

from .base import PDF, ZIP, Block, BlockKind, Format, Page, Parsed, Unreadable
from .builder import TextBuilder
from .converters import check_converter
from .registry import FORMATS, PLAIN, choose, format_by_ending, parse, parser_of, plugin_problems, register
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
    "check_converter",
    "choose",
    "format_by_ending",
    "parse",
    "parser_of",
    "plugin_problems",
    "register",
    "signature_of",
]
