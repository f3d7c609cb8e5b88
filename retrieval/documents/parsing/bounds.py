"""What the parsing of a document may take, by the settings."""

from __future__ import annotations

from ..parsers import check_converter
from ..parsers.converters import LEAST_MEMORY_BYTES, LEAST_SECONDS
from .tasks import Bounds


def bounds_with(converter: str, seconds: float, memory_bytes: int) -> Bounds:
    """The bounds that are set; a heavy converter gets as much as its models need.

    Raises:
        ExtraMissing: the converter is not installed.
    """
    check_converter(converter)
    if not converter:
        return Bounds(seconds, memory_bytes)
    return Bounds(max(seconds, LEAST_SECONDS), max(memory_bytes, LEAST_MEMORY_BYTES))
