"""Pages that are pictures: which they are, and their words where Tesseract is installed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from .. import tesseract
from ..base import Unreadable
from ..progress import report_page
from .page import PageContent, Segment

DOTS_PER_INCH = 200  # Tesseract reads 10-point letters well from 150 on
_LARGEST = 5_000  # pixels of a side
_FEWEST_LETTERS = 12  # of a page that holds more than a stamp
_LEAST_COVERED = 0.35  # of the page, by one picture
_MANY_PATHS = 60  # of a page whose letters are drawn as outlines
_MOST_SECONDS = 1_800  # of a document, which may take an hour in all: some 600 pages


def is_scan(page: PageContent) -> bool:
    letters = sum(len(word) for segment in page.segments for word in segment.words)
    return letters < _FEWEST_LETTERS and (page.pictures >= _LEAST_COVERED or page.paths >= _MANY_PATHS)


def recognise_scans(document: Any, pages: Sequence[PageContent], scanned: Sequence[int]) -> list[str]:
    """Read the words of `pages[number]` for each of `scanned`; gives notes of what could not be read."""
    if not scanned:
        return []
    if not tesseract.is_available():
        return [f"{_pages(scanned)} without text; {tesseract.HINT} {'it' if len(scanned) == 1 else 'them'}"]
    notes = []
    end = time.monotonic() + _MOST_SECONDS

    def alive() -> None:
        report_page(len(pages) // 2, len(pages))

    for place, number in enumerate(scanned):
        if time.monotonic() > end:
            notes.append(f"{_pages(scanned[place:])} and left out: those before took Tesseract {_MOST_SECONDS} s")
            break
        try:
            pages[number].segments = _recognised(document, number, pages[number], alive)
            pages[number].recognised = True
        except Unreadable as error:
            notes.append(f"page {number + 1} is a picture: {error}")
    return notes


def _recognised(document: Any, number: int, content: PageContent, alive: Callable[[], None]) -> list[Segment]:
    page = document[number]
    try:
        width, height = page.get_size()
        scale = min(DOTS_PER_INCH / 72, _LARGEST / max(width, height, 1.0))
        pixels = page.render(scale=scale, grayscale=True).to_numpy()
    finally:
        page.close()
    high, wide = pixels.shape[:2]
    content.width, content.height = width, height
    picture = b"P5 %d %d 255\n" % (wide, high) + pixels.tobytes()
    return segments_of(tesseract.recognise(picture, round(scale * 72), alive)[0], 1 / scale)


def segments_of(words: Sequence[tesseract.Word], scale: float) -> list[Segment]:
    """The words of a line together, but for wide gaps; all of a line as tall as its tallest letters."""
    segments: list[Segment] = []
    line: tuple[int, int, int] | None = None
    for word in words:
        x0, y0, x1, y1 = (value * scale for value in (word.x0, word.y0, word.x1, word.y1))
        current = segments[-1] if segments else None
        if current is not None and word.line == line and -5 < x0 - current.x1 < 1.3 * max(current.size, y1 - y0):
            current.words.append(word.text)
            current.lefts.append(x0)
            current.rights.append(x1)
            current.x1, current.y0, current.y1 = x1, min(current.y0, y0), max(current.y1, y1)
        else:
            segments.append(Segment(x0, y0, x1, y1, [word.text], [x0], [x1], order=len(segments)))
        line = word.line
    for segment in segments:
        if segment.words[-1].endswith(("-", "‐")) and len(segment.words[-1]) > 2:
            segment.words[-1] = segment.words[-1][:-1]
            segment.hyphen = True
    return segments


def _pages(numbers: Sequence[int]) -> str:
    """ "page 3 is a picture", "pages 3 to 9 and 12 are pictures": counted from 1."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number + 1, number + 1))
    if len(numbers) == 2:
        ranges = [(number + 1, number + 1) for number in numbers]
    named = [str(first) if first == last else f"{first} to {last}" for first, last in ranges[:6]]
    if len(ranges) > 6:
        named.append("others")
    listed = ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1]
    return f"page {listed} is a picture" if len(numbers) == 1 else f"pages {listed} are pictures"
