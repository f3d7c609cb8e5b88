"""A picture of a page that is a file of its own."""

from __future__ import annotations

import io
from dataclasses import replace

from .. import tesseract
from ..base import Parsed, Unreadable
from ..builder import TextBuilder
from ..progress import report_page
from .page import PageContent
from .reading import laid_out
from .scans import DOTS_PER_INCH, segments_of

_MOST_PIXELS = 100_000_000


def size_in_pixels(content: bytes, meaning: str) -> tuple[int, int]:
    """How wide and how high a picture is.

    Raises:
        Unreadable: it is damaged, or too large to be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            wide, high = image.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unreadable(f"it is {meaning}, damaged or too large") from error
    if wide * high > _MOST_PIXELS:
        raise Unreadable(f"it is {meaning} of {wide:,} × {high:,} pixels, too large")
    return wide, high


def read_picture(content: bytes, size: tuple[int, int]) -> Parsed:
    """A picture of a page, or several in one file. `size`: in pixels."""
    wide, high = size
    scale = 72 / DOTS_PER_INCH
    pages = [
        PageContent(wide * scale, high * scale, segments_of(words, scale), recognised=True)
        for words in tesseract.recognise(content, alive=lambda: report_page(0, 1))
    ]
    parsed = laid_out(None, pages, TextBuilder(), "image/png")
    return parsed if len(pages) > 1 else replace(parsed, pages=())
