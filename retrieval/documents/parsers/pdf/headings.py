"""Headings: by the outline (bookmarks) where the file has one, else by size, weight and numbering of their lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .layout import Row
from .page import PageContent

_MOST_BOOKMARKS = 50_000
_DEEPEST = 8
_LARGER = 1.15  # than the text around: below it are small differences of fonts
_MOST_WORDS = 16
_SMALLEST = 3.0  # points: what is smaller is not read
_MOST_ROWS = 3  # of a heading
_BEGIN = 3  # letters by which a title is looked up
_NUMBERED = re.compile(r"^(?:chapter|appendix|part|kapitel|chapitre)?\s*((?:\d{1,3}|[A-Z])(?:\.\d{1,3}){0,5})\.?\s+\S", re.I)
_PLAIN = re.compile(r"[\W_]+")
_LEADING_NUMBER = re.compile(r"^\s*(?:(?:chapter|appendix|part|section)\s+)?(?:[A-Z]|\d+)?(?:\.?\d+)*[.:)]?\s+", re.I)


class Headings:
    """Tells the level of a row, from 1; 0 for what is no heading."""

    def __init__(self, document: Any, pages: Sequence[PageContent]) -> None:
        self.body = _body_size(pages)
        self._outline = _outline(document) if document else {}
        self._sizes = [] if self._outline else _heading_sizes(pages, self.body)
        self._begins = {page: {key[:_BEGIN] for key in titles} for page, titles in self._outline.items()}
        self._known: dict[int, tuple[int, int]] = {}  # of the rows of `self._page`
        self._page = -1
        self._deepest = max((level for titles in self._outline.values() for level in titles.values()), default=0)

    def level(self, rows: Sequence[Row], at: int, page: int) -> tuple[int, int]:
        """Of the heading that begins at `rows[at]`: its level and how many rows it has. (0, 0): none begins there."""
        if page != self._page:
            self._page, self._known = page, {}
        known = self._known.get(id(rows[at]))
        if known is None:
            known = self._known[id(rows[at])] = self._level(rows, at, page)
        return known

    def _level(self, rows: Sequence[Row], at: int, page: int) -> tuple[int, int]:
        row = rows[at]
        if row.words > (_MOST_WORDS if not self._outline else 2 * _MOST_WORDS):
            return 0, 0
        if self._outline and (match := self._in_outline(rows, at, page)):
            return match
        if row.mono or not any(letter.isalpha() for letter in row.text) or row.text.endswith((",", ";")):
            return 0, 0
        if row.size >= _LARGER * self.body and row.words <= _MOST_WORDS:
            length = 1
            while length < _MOST_ROWS and at + length < len(rows) and _continues(rows[at + length - 1], rows[at + length]):
                length += 1
            return self._by_size(row), length
        if _stands_out(rows, at):
            return self._by_number(row) or self._below_all(), 1
        return 0, 0

    def _in_outline(self, rows: Sequence[Row], at: int, page: int) -> tuple[int, int] | None:
        key = _key(rows[at].text)
        near = [number for number in (page, page - 1, page + 1) if key[:_BEGIN] in self._begins.get(number, ())]
        if not near or len(key) < _BEGIN:
            near = [number for number in (page,) if key in self._outline.get(number, ())]
        if not near:
            return None
        text = ""
        for length in range(1, min(_MOST_ROWS, len(rows) - at) + 1):
            text = f"{text} {rows[at + length - 1].text}"
            key = _key(text)
            for number in near:
                level = self._outline[number].get(key)
                if level and (number == page or rows[at].bold or rows[at].size > self.body):
                    return level, length
        return None

    def _by_size(self, row: Row) -> int:
        if self._outline:
            return 1 if row.size > 1.7 * self.body else self._deepest + 1
        numbered = self._by_number(row)
        bigger = sum(size > row.size + 0.6 for size in self._sizes)
        return numbered if numbered > 1 else min(bigger + 1, _DEEPEST)

    def _by_number(self, row: Row) -> int:
        match = _NUMBERED.match(row.text)
        return match[1].count(".") + 1 if match and not self._outline else 0

    def _below_all(self) -> int:
        return self._deepest + 2 if self._outline else min(len(self._sizes) + 1, _DEEPEST)


def _key(text: str) -> str:
    """Letters and digits of a title without its number: outlines have it or not."""
    return _PLAIN.sub("", _LEADING_NUMBER.sub("", text) or text).lower()


def _outline(document: Any) -> dict[int, dict[str, int]]:
    """Level by title, for each page from 0."""
    titles: dict[int, dict[str, int]] = {}
    try:
        for number, bookmark in enumerate(document.get_toc(max_depth=_DEEPEST)):
            if number >= _MOST_BOOKMARKS:
                break
            destination = bookmark.get_dest()
            page = destination.get_index() if destination else None
            text = bookmark.get_title()
            if page is not None and text:
                level = bookmark.level + 1
                if key := _key(text):
                    titles.setdefault(page, {}).setdefault(key, level)
    except Exception as error:  # a damaged outline costs the outline; PDFium's helper raises what it likes
        if isinstance(error, MemoryError):
            raise
    return titles


def _body_size(pages: Sequence[PageContent]) -> float:
    """The height of most words."""
    sizes: Counter[float] = Counter()
    for page in pages[:: max(1, len(pages) // 200)]:
        for segment in page.segments:
            if segment.size > _SMALLEST:  # points of leaders have no height
                sizes[round(segment.size * 2) / 2] += len(segment.words)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _heading_sizes(pages: Sequence[PageContent], body: float) -> list[float]:
    sizes: Counter[float] = Counter()
    for page in pages[:: max(1, len(pages) // 400)]:
        for segment in page.segments:
            if segment.size >= _LARGER * body and len(segment.words) <= _MOST_WORDS and not segment.mono:
                sizes[round(segment.size * 2) / 2] += 1
    distinct: list[float] = []
    for size in sorted(sizes, reverse=True):
        if not distinct or distinct[-1] - size > 0.6:
            distinct.append(size)
    return distinct[:_DEEPEST]


def _continues(above: Row, row: Row) -> bool:
    """A heading's next line: as large, and close."""
    return abs(row.size - above.size) < 0.6 and row.y0 - above.y1 < 0.5 * row.size and row.bold == above.bold


def _stands_out(rows: Sequence[Row], at: int) -> bool:
    """Bold and short, apart from what stands above, and text follows that is not bold."""
    row = rows[at]
    if not row.bold or row.words > 12 or (row.text.endswith((".", ":", ",", ";")) and not _NUMBERED.match(row.text)):
        return False
    if len(row.pieces) > 2 or at + 1 >= len(rows) or rows[at + 1].bold or rows[at + 1].mono:
        return False
    if rows[at + 1].x0 > row.x0 + 0.8 * row.size:
        return False  # a term with its description
    return at == 0 or row.y0 - rows[at - 1].y1 > 0.35 * row.size
