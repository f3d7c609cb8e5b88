"""Pictures of documents (PNG, JPEG, TIFF): read where Tesseract is installed, refused with a hint where it is not."""

from __future__ import annotations

from . import tesseract
from .base import Parsed, Trifle, Unreadable

_ICON, _SMALL = 100, 512  # pixels of the shorter side, and of the longer
_MEANINGS = ((b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"II*\x00", "a TIFF picture"))


def parse(content: bytes) -> Parsed:
    meaning = next((meaning for start, meaning in _MEANINGS if content.startswith(start)), "a TIFF picture")
    from .pdf.picture import read_picture, size_in_pixels

    wide, high = size_in_pixels(content, meaning)
    if min(wide, high) < _ICON:
        raise Trifle(f"it is {meaning}, too small to be a document's")
    if not tesseract.is_available():
        raise Unreadable(f"it is {meaning}; {tesseract.HINT} it")
    parsed = read_picture(content, (wide, high))
    if not parsed.text:
        kind = Trifle if max(wide, high) <= _SMALL else Unreadable
        raise kind(f"it is {meaning} in which Tesseract finds no text")
    return parsed
