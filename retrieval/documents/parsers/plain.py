"""Plain text, kept line by line as it is: whatever is of no other kind."""

from __future__ import annotations

from .base import Parsed
from .encoding import decode
from .prose import find_blocks

_MEDIA_TYPE = "text/plain"


def parse_text(text: str, media_type: str = _MEDIA_TYPE, notes: tuple[str, ...] = ()) -> Parsed:
    """Text that is decoded already."""
    return Parsed(text, media_type, blocks=find_blocks(text), has_lines=True, notes=notes)


def parse(content: bytes) -> Parsed:
    return parse_text(decode(content))
