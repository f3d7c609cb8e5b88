"""Files in, text out: a module a format, loaded when a file of it is read; which there are stands in `formats`."""

from typing import TYPE_CHECKING

from ....deferred import deferred
from .base import PDF, ZIP, Block, BlockKind, Format, Page, Parsed, Trifle, Unreadable

if TYPE_CHECKING:
    from .builder import TextBuilder
    from .choosing import choose, parse
    from .converters import check_converter
    from .formats import PLAIN
    from .registry import FORMATS, format_by_ending, parser_of, plugin_problems, register
    from .signatures import holds_members, signature_of
else:  # what a document is made of is asked for by whoever searches; the parsers only by whoever reads
    __getattr__ = deferred(
        __name__,
        {
            "builder": ["TextBuilder"],
            "converters": ["check_converter"],
            "choosing": ["choose", "parse"],
            "formats": ["PLAIN"],
            "registry": ["FORMATS", "format_by_ending", "parser_of", "plugin_problems", "register"],
            "signatures": ["holds_members", "signature_of"],
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
    "Trifle",
    "Unreadable",
    "check_converter",
    "choose",
    "format_by_ending",
    "holds_members",
    "parse",
    "parser_of",
    "plugin_problems",
    "register",
    "signature_of",
]
