"""Files in, text out: one module a format, chosen by the name's ending or the server's word, then checked."""

from typing import TYPE_CHECKING

from ....deferred import deferred
from .base import PDF, ZIP, Block, BlockKind, Format, Page, Parsed, Unreadable

if TYPE_CHECKING:
    from .builder import TextBuilder
    from .converters import check_converter
    from .registry import FORMATS, PLAIN, choose, format_by_ending, parse, parser_of, plugin_problems, register
    from .signatures import signature_of
else:  # what a document is made of is asked for by whoever searches; the parsers only by whoever reads
    __getattr__ = deferred(
        __name__,
        {
            "builder": ["TextBuilder"],
            "converters": ["check_converter"],
            "registry": [
                *("FORMATS", "PLAIN", "choose", "format_by_ending", "parse", "parser_of", "plugin_problems", "register")
            ],
            "signatures": ["signature_of"],
        },
    )

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
