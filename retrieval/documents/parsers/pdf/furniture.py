"""What is no text of a document: running heads and page numbers, contents pages and indexes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from .labels import Numeral, numerals
from .layout import Row, rows_of
from .page import PageContent, Segment

_EDGE = 0.14  # of the page's height, in which running heads stand
_ROWS = 2  # at each edge
_LEADERS = re.compile(r"(?:\.\s?){4,}|(?:\s\.){3,}|…{2,}|·(?:\s?·){3,}|_{5,}")
_ENDS_IN_PAGE = re.compile(r"(?:^|[\s.,])(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]-?\d{1,3})$")
_AMOUNT = re.compile(r"(?:\d[.,]\d{3}|\d\.\d+|[$€£¥]\s?\d+|\d{3}\s+\d{3,4})$")  # figures of a table, and no page's number
_INDEX_ENTRY = re.compile(r"^\S.{0,70}?(?:,|\s|\.)\s*\d{1,4}(?:\s?[,–-]\s?\d{1,4})*[.,]?$")
_CONTENTS_HEADING = re.compile(
    r"^(?:table of contents|(?:short |brief )?contents|inhalt(?:sverzeichnis)?|table des matières|sommaire"
    r"|índice(?: general)?|contenido|indice|sommario|inhoud(?:sopgave)?|list of (?:figures|tables))\W*$",
    re.I,
)
_INDEX_HEADING = re.compile(
    r"^(?:[A-Z]\W?\d*\s+)?(?:(?:\w+\s){0,3}index(?: of \w+)?|(?:stichwort|sach)(?:verzeichnis|register))\W*$", re.I
)


class Edges:
    """The outermost rows of every page, and which of them are running heads."""

    def __init__(self, pages: Sequence[PageContent]) -> None:
        self._rows = [_edge_rows(page) for page in pages]
        self.running = _running(self._rows, [page.height for page in pages])

    def numerals(self) -> list[list[Numeral]]:
        return [numerals([row.text for _, row in rows]) for rows in self._rows]


def _edge_rows(page: PageContent) -> list[tuple[str, Row]]:
    """("top" or "bottom", row), the outermost first."""
    top = rows_of([segment for segment in page.segments if segment.y1 < _EDGE * page.height])[:_ROWS]
    low = [segment for segment in page.segments if segment.y0 > (1 - _EDGE) * page.height]
    return [("top", row) for row in top] + [("bottom", row) for row in rows_of(low)[-_ROWS:][::-1]]


def signature(text: str) -> str:
    words = [re.sub(r"\d+", "#", word.lower()) for word in text.split()]
    if words and re.fullmatch(r"[ivxlc]+", words[0]):
        words[0] = "#"
    if words and re.fullmatch(r"[ivxlc]+", words[-1]):
        words[-1] = "#"
    return " ".join(words)


def _running(pages: Sequence[Sequence[tuple[str, Row]]], heights: Sequence[float]) -> list[dict[int, str]]:
    """For each page the segments (by `order`) of its running heads, with the text of the row that each begins."""
    by_text: dict[tuple[str, str], list[tuple[int, Row]]] = defaultdict(list)
    by_place: dict[tuple[str, int], list[tuple[int, Row]]] = defaultdict(list)
    for number, rows in enumerate(pages):
        for zone, row in rows:
            from_edge = row.y0 if zone == "top" else heights[number] - row.y1
            by_text[zone, signature(row.text)].append((number, row))
            by_place[zone, round(from_edge / 4)].append((number, row))
    running: list[dict[int, str]] = [{} for _ in pages]
    fewest = 2 if len(pages) <= 6 else 3
    groups = [group for group in by_text.values() if _repeats(group, fewest, len(pages))]
    groups += [group for group in by_place.values() if _counts(group, len(pages))]
    for group in groups:
        for number, row in group:
            for piece in row.pieces:
                running[number][piece.order] = row.text if piece is row.pieces[0] else ""
    return running


def _repeats(group: Sequence[tuple[int, Row]], fewest: int, pages: int) -> bool:
    numbers = {number for number, _ in group}
    if len(numbers) < fewest or (pages <= 6 and 2 * len(numbers) < pages):
        return False
    places = sorted(row.y0 for _, row in group)
    level = sum(abs(place - places[len(places) // 2]) < 6 for place in places) > 0.7 * len(places)
    names_columns = all(len(row.pieces) > 2 for _, row in group) and "#" not in signature(group[0][1].text)
    return level and not names_columns  # the head of a table that goes on is none


def _counts(group: Sequence[tuple[int, Row]], pages: int) -> bool:
    """At one place of many pages, and its number counts with the pages: the text beside it names the chapter."""
    if len(group) < max(4, 0.12 * pages):
        return False
    offsets: dict[tuple[str, int], int] = defaultdict(int)
    for number, row in group:
        for style, value in set(numerals([row.text])):
            offsets[style, value - number] += 1
    steady = sum(count for count in offsets.values() if count > 1)
    return steady >= 0.7 * len(group)


def is_contents_line(text: str) -> bool:
    """Dot leaders that end in a page's number, or nothing but leaders."""
    match = _LEADERS.search(text)
    return match is not None and (bool(_ENDS_IN_PAGE.search(text)) or len(text) - len(match[0]) < 4)


def contents_rows(rows: Sequence[Row], contents_before: bool) -> tuple[set[int], bool]:
    """Which rows of a page are contents or index, and whether such a page may go on with the next.

    `contents_before`: the page before ended in them.
    """
    if not rows:
        return set(), contents_before
    texts = [row.text for row in rows]
    led = {number for number, text in enumerate(texts) if is_contents_line(text)}
    ends = [
        bool(_ENDS_IN_PAGE.search(text) and not _AMOUNT.search(text)) or number in led for number, text in enumerate(texts)
    ]
    start = next(
        (number for number, text in enumerate(texts) if _CONTENTS_HEADING.match(text) or _INDEX_HEADING.match(text)), None
    )
    below = ends[start + 1 :] if start is not None else ends
    dense = len(below) >= 4 and sum(below) >= 0.5 * len(below)
    entries = sum(bool(_INDEX_ENTRY.match(text)) and not _AMOUNT.search(text) for text in texts)
    if start is not None and dense:
        return set(range(start, len(rows))), True
    if contents_before and len(rows) >= 2 and (sum(ends) >= 0.5 * len(rows) or entries >= 0.5 * len(rows)):
        return set(range(len(rows))), True
    if len(led) >= 3 and len(led) >= 0.3 * len(rows):  # entries that take two lines have their leaders on the second
        return set(range(min(led), max(led) + 1)), True
    return led, False


def without(segments: Sequence[Segment], orders: dict[int, str]) -> list[Segment]:
    return [segment for segment in segments if segment.order not in orders] if orders else list(segments)
