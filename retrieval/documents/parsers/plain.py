"""Plain text and source code: whatever has no other ending."""

from __future__ import annotations

from .base import Format, Parsed
from .encoding import decode

_MEDIA_TYPE = "text/plain"


def _parse(content: bytes) -> Parsed:
    return Parsed(decode(content), _MEDIA_TYPE, has_lines=True)


FORMAT = Format(_MEDIA_TYPE, frozenset({".txt"}), _parse)
