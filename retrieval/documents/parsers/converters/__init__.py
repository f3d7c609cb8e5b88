"""Heavy converters that read kinds of files in the place of our own parsers, where a person has chosen one.

`retrieval.converter` in the settings names it. It gets what is a picture of a page rather than text with marks: PDFs and
pictures, where models that look at the layout see what we do not. Formats that say what is a heading and what a cell stay
with the parsers of the core, which keep more of them (changes, notes, numbers of lists).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

from .....errors import ConfigError, ExtraMissing
from ..base import Format, Parsed, Unreadable

CONVERTERS = ("docling",)
LEAST_SECONDS = 600.0  # without a sign of life: models are loaded, and pages are looked at a second or more each
LEAST_MEMORY_BYTES = 8_000_000_000
_NEVER = {"image/svg+xml"}


def check_converter(name: str) -> None:
    """See that the converter that the settings name can be used, without loading it.

    Raises:
        ExtraMissing, ConfigError
    """
    if name and name not in CONVERTERS:
        raise ConfigError(
            f"There is no converter `{name}`.", hint=f"Set `retrieval.converter` to {' or '.join(CONVERTERS)}."
        )
    if name and find_spec(name) is None:
        raise ExtraMissing(f"The converter {name}", "documents")


def with_converter(kind: Format, converter: str) -> Format:
    """`kind` as it is read where `converter` has been chosen; empty: by our own parsers."""
    looked_at = kind.media_type == "application/pdf" or kind.media_type.startswith("image/")
    if not converter or not looked_at or kind.media_type in _NEVER:
        return kind
    return replace(kind, parse=_parser(converter, kind), converter=converter)


def _parser(converter: str, kind: Format) -> Callable[[bytes], Parsed]:
    def parse(content: bytes) -> Parsed:
        from . import docling

        try:
            return docling.convert(content, kind.media_type, min(kind.endings, default=""))
        except ImportError as error:
            raise Unreadable(f"the converter {converter} is not installed: run `ayllu setup documents`") from error

    return parse
