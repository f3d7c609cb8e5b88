"""Pictures of documents (PNG, JPEG, TIFF): read where Tesseract is installed, refused with a hint where it is not."""

from __future__ import annotations

from . import tesseract
from .base import Parsed, Unreadable

_MEANINGS = ((b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"II*\x00", "a TIFF picture"))


def parse(content: bytes) -> Parsed:
    meaning = next((meaning for start, meaning in _MEANINGS if content.startswith(start)), "a TIFF picture")
    if not tesseract.is_available():
        raise Unreadable(f"it is {meaning}; {tesseract.HINT} it")
    from .pdf.picture import read_picture

    parsed = read_picture(content, meaning)
    if not parsed.text:
        raise Unreadable(f"it is {meaning} in which Tesseract finds no text")
    return parsed
