"""The rows of a column become blocks: paragraphs, lists, definitions, code, tables, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ..base import BlockKind
from . import tables
from .definitions import hanging_end, is_indented, without_term
from .furniture import contents_rows
from .headings import Headings
from .hyphens import Vocabulary
from .layout import Region, Row
from .page import Span

_DEEPEST = 5  # definitions within definitions
_LONGEST_TERM = 14  # words
_REST_OF_ROW = 8  # words
_LONGEST_CAPTION = 200  # characters
_PLAIN_TERM = 6  # words of a term whose font says nothing
_BULLET_START = re.compile(r"^(?:[•‣▪◦●○■□∙⁃➢✓·]|[-–—*](?=\s)|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)](?=\s))")
_UNIT = re.compile(r"^\(.*\)$")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A block before it has its place in the text."""

    text: str
    kind: BlockKind
    level: int = 0
    context: str = ""
    divided: bool = False  # its last word goes on
    table: tables.Table | None = None  # instead of `text`

    def goes_on_with(self, following: Draft) -> bool:
        """A sentence ends in neither, and the next begins within it."""
        prose = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.DEFINITION)
        return (
            self.kind in prose
            and following.kind is BlockKind.PARAGRAPH
            and following.context in ("", self.context)
            and not _SENTENCE_END.search(self.text)
            and (following.text[:1].islower() or self.divided)
        )


class BlockMaker:
    """Makes the blocks of a document's pages, one page after the other."""

    def __init__(self, headings: Headings, vocabulary: Vocabulary) -> None:
        self._headings = headings
        self._vocabulary = vocabulary
        self._page = 0
        self._rules: Sequence[Span] = ()
        self._in_contents = False
        self._open_term: tuple[float, str] | None = None  # the definition a page ended in: its indent and term
        self._head: tuple[int, list[str], str] | None = None  # of the last table: its width, names of columns, and caption

    def blocks(self, regions: Sequence[Region], page: int, rules: Sequence[Span] = ()) -> list[Draft]:
        """`rules`: the level lines that are drawn."""
        self._page, self._rules = page, rules
        rows = [row for region in regions for row in region.rows]
        contents, self._in_contents = contents_rows(rows, self._in_contents)
        skipped = {id(rows[number]) for number in contents}
        drafts: list[Draft] = []
        for number, region in enumerate(regions):
            if region.grid is not None:
                drafts += self._table(tables.of_grid(region.grid), _caption(drafts), first=not drafts)
                continue
            column = self._column(region.rows, skipped, first=number == 0)
            if drafts and column and drafts[-1].goes_on_with(column[0]):
                drafts[-1] = self.joined(drafts[-1], column.pop(0))
            drafts += column
        return drafts

    def joined(self, draft: Draft, following: Draft) -> Draft:
        text = self._vocabulary.join(draft.text, following.text, marked=draft.divided)
        return replace(draft, text=text, divided=following.divided)

    def _column(self, rows: Sequence[Row], skipped: set[int], *, first: bool) -> list[Draft]:
        drafts: list[Draft] = []
        start = 0
        while start < len(rows):
            contents = id(rows[start]) in skipped
            end = start
            while end < len(rows) and (id(rows[end]) in skipped) == contents:
                end += 1
            stretch = rows[start:end]
            if contents:
                drafts.append(Draft("\n".join(row.text for row in stretch), BlockKind.FURNITURE))
            else:
                drafts += self._with_tables(stretch, first=first and start == 0)
            start = end
        return drafts

    def _with_tables(self, rows: Sequence[Row], *, first: bool) -> list[Draft]:
        drafts: list[Draft] = []
        at = 0
        for stretch in tables.undrawn_tables(rows, self._rules):
            drafts += self._text(rows[at : stretch.start], "", 0, first=first and at == 0)
            drafts += [
                Draft(f"{term}\n    {meaning}" if term else meaning, BlockKind.DEFINITION)
                for term, meaning in _joined_meanings(stretch.definitions)
            ]
            if stretch.table is not None:
                drafts += self._table(stretch.table, _caption(drafts), first=first and _is_rest_of_row(drafts))
            at = stretch.end
        return drafts + self._text(rows[at:], "", 0, first=first and at == 0)

    def _table(self, table: tables.Table, caption: str, *, first: bool) -> list[Draft]:
        """`first`: on its page, where it may go on from the page before."""
        if not table.head and first and self._head and self._head[0] == table.width:
            _, table.head, caption = self._head
        self._head = (table.width, table.head, caption) if table.head else None
        return [Draft("", BlockKind.TABLE_ROW, context=caption, table=table)] if table.rows else []

    def _text(self, rows: Sequence[Row], context: str, depth: int, *, first: bool = False) -> list[Draft]:
        """`context`: the term that these rows are said of."""
        drafts: list[Draft] = []
        if not rows:
            return drafts
        at = 0
        if first and self._open_term and not context:
            indent, term = self._open_term
            while at < len(rows) and rows[at].x0 >= indent - 1:
                at += 1
            if at:
                self._open_term = None
                drafts += self._text(rows[:at], term, depth + 1)
        lay = _Lay.of(rows)
        while at < len(rows):
            level, length = self._headings.level(rows, at, self._page)
            if level:
                text = self._joined(rows[at : at + length])
                drafts.append(Draft(text, BlockKind.HEADING, level))
                self._open_term = None
                at += length
                continue
            if (stop := self._described(rows, at, lay)) and depth < _DEEPEST:
                drafts += self._definition(rows, at, stop, context, depth)
                at = stop
                continue
            if rows[at].mono:
                end = at + 1
                while end < len(rows) and self._is_code(rows, end, lay):
                    end += 1
                drafts.append(Draft(_code(rows[at:end]), BlockKind.CODE, context=context))
            else:
                end = _paragraph_end(rows, at, lay, self._headings, self._page)
                text = self._joined(rows[at:end])
                listed = _BULLET_START.match(rows[at].text) is not None
                kind = BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH
                level = lay.depth(rows[at]) if listed else 0
                drafts.append(Draft(text, kind, level, context, divided=rows[end - 1].hyphen))
            at = end
        return drafts

    def _described(self, rows: Sequence[Row], at: int, lay: _Lay) -> int:
        """Where a definition ends that begins at `rows[at]`: terms, and below them indented text. 0: none does."""
        row = rows[at]
        if end := hanging_end(rows, at) if not tables.BULLET.match(row.pieces[0].text) else 0:
            return end
        named = len(row.pieces) > 1 and row.pieces[-1].text.startswith("[") and row.text.endswith("]")  # "[Function]"
        if at + 1 < len(rows) and _UNIT.match(rows[at + 1].text):
            return 0  # a table's caption, and the unit of its figures
        if not named and (row.words > _LONGEST_TERM or row.x1 > lay.right - 0.1 * lay.width):
            return 0
        if _BULLET_START.match(row.text):
            return 0
        if at and not (row.y0 - rows[at - 1].y1 > lay.gap + 1 or rows[at - 1].x0 > row.x0 + 0.8 * row.size):
            return 0
        if row.words > _PLAIN_TERM and not (named or row.bold or row.mono or row.pieces[0].mono or row.pieces[0].bold):
            return 0
        if row.text.endswith(",") or (_SENTENCE_END.search(row.text) and not (row.bold or row.mono or row.words <= 3)):
            return 0
        body = at + 1
        while body < len(rows) and body - at < 6 and abs(rows[body].x0 - row.x0) < 2 and _is_term(rows[body], row):
            body += 1  # several terms that share what is said of them
        if body >= len(rows) or not is_indented(rows[body], row) or rows[body].mono:
            return 0
        white = (1.8 if row.mono or row.bold else 0.6) * row.size
        if rows[body].y0 - rows[body - 1].y1 > max(lay.gap, 0.2 * row.size) + white:
            return 0
        if body + 1 < len(rows) and rows[body + 1].x0 < row.x0 + 2 and not _breaks(rows, body + 1, lay):
            return 0  # the first line of a paragraph is indented
        stop = body
        while (
            stop < len(rows)
            and rows[stop].x0 >= row.x0 + 0.6 * row.size
            and not self._headings.level(rows, stop, self._page)[0]
        ):
            stop += 1
        return stop

    def _is_code(self, rows: Sequence[Row], at: int, lay: _Lay) -> bool:
        """`rows[at]` goes on with the code above it."""
        gap = rows[at].y0 - rows[at - 1].y1
        if not rows[at].mono or gap > 1.6 * rows[at].size:
            return False
        return gap < 0.4 * rows[at].size or not self._described(rows, at, lay)

    def _definition(self, rows: Sequence[Row], at: int, stop: int, context: str, depth: int) -> list[Draft]:
        body = at + 1
        if hanging_end(rows, at) == stop:
            terms = [rows[at].pieces[0].text]
            meanings = [without_term(rows[at]), *rows[body:stop]]
        else:
            while rows[body].x0 < rows[at].x0 + 2:
                body += 1
            terms = [row.text for row in rows[at:body]]
            meanings = list(rows[body:stop])
        term = ", ".join(terms)
        inner = self._text(meanings, f"{context} > {term}" if context else term, depth + 1)
        self._open_term = (meanings[0].x0, term) if stop == len(rows) else None
        if inner and inner[0].kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            head = inner.pop(0)
            meaning, divided = head.text, head.divided
        else:
            meaning, divided = "", False
        text = "\n".join(terms) + (f"\n    {meaning}" if meaning else "")
        return [Draft(text, BlockKind.DEFINITION, context=context, divided=divided), *inner]

    def _joined(self, rows: Sequence[Row]) -> str:
        text = rows[0].text
        for above, row in pairwise(rows):
            text = self._vocabulary.join(text, row.text, marked=above.hyphen)
        return text


@dataclass(frozen=True, slots=True)
class _Lay:
    """How a column is set: its edges, and the white between its lines."""

    left: float
    right: float
    gap: float
    indents: tuple[float, ...]

    @property
    def width(self) -> float:
        return self.right - self.left

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Lay:
        gaps = [below.y0 - above.y1 for above, below in pairwise(rows)]
        close = [gap for gap in gaps if gap < rows[0].size]
        lefts = sorted(row.x0 for row in rows)
        steps = [lefts[0]] + [right for left, right in pairwise(lefts) if right - left > 4]
        usual = sorted(close)[len(close) // 3] if close else 0.0
        return cls(lefts[0], max(row.x1 for row in rows), usual, tuple(steps))

    def depth(self, row: Row) -> int:
        return sum(row.x0 > step + 4 for step in self.indents)


def _is_term(row: Row, first: Row) -> bool:
    return (
        row.mono == first.mono and row.bold == first.bold and row.words <= _LONGEST_TERM and row.y0 - first.y1 < 6 * row.size
    )


def _breaks(rows: Sequence[Row], at: int, lay: _Lay) -> bool:
    """More white than usual stands above `rows[at]`."""
    return rows[at].y0 - rows[at - 1].y1 > lay.gap + 0.28 * rows[at].size


def _paragraph_end(rows: Sequence[Row], at: int, lay: _Lay, headings: Headings, page: int) -> int:
    end = at + 1
    hang = rows[at].x0
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        if _breaks(rows, end, lay) or row.y0 < above.y0:
            break
        if row.mono and abs(row.x0 - hang) > 2:
            break  # else it is a line of the paragraph that happens to hold nothing else
        if abs(row.size - above.size) > 0.18 * above.size and not above.hyphen:
            break
        if _BULLET_START.match(row.text) and row.x0 <= hang + 4:
            break
        if end == at + 1:
            hang = row.x0 if abs(row.x0 - rows[at].x0) < 8 * row.size else rows[at].x0
        elif row.x0 > hang + 0.7 * row.size and not above.hyphen:
            break  # the first line of the next paragraph is indented
        if row.x0 < min(hang, rows[at].x0) - 0.7 * row.size:
            break
        if _falls_short(above, lay) and _SENTENCE_END.search(above.text) and row.x0 > hang + 0.5 * row.size:
            break
        if headings.level(rows, end, page)[0]:
            break
        end += 1
    return end


def _falls_short(row: Row, lay: _Lay) -> bool:
    return row.x1 < lay.right - 0.2 * lay.width


def _code(rows: Sequence[Row]) -> str:
    """Lines with their indents and inner spaces, counted in the width of a character."""
    widths = [
        (right - left) / len(word)
        for row in rows
        for piece in row.pieces
        for word, left, right in zip(piece.words, piece.lefts, piece.rights, strict=True)
        if len(word) > 2
    ]
    width = median(widths) if widths else 0.5 * rows[0].size
    margin = min(row.x0 for row in rows)
    lines: list[str] = []
    for number, row in enumerate(rows):
        if number and row.y0 - rows[number - 1].y1 > 0.8 * row.size:
            lines.append("")
        line = ""
        for piece in row.pieces:
            for word, left in zip(piece.words, piece.lefts, strict=True):
                column = round((left - margin) / max(width, 1.0))
                line += " " * max(min(column, 400) - len(line), 1 if line else 0) + word
        lines.append(line + ("-" if row.hyphen else ""))
    return "\n".join(lines)


def _caption(drafts: Sequence[Draft]) -> str:
    """What stands above a table and names it, with the unit of its figures."""
    lines: list[str] = []
    for draft in reversed(drafts[-2:]):
        if draft.kind is not BlockKind.PARAGRAPH or len(draft.text) > _LONGEST_CAPTION or draft.text.endswith("."):
            break
        lines.insert(0, draft.text.rstrip(":"))
    return " ".join(lines)


def _is_rest_of_row(drafts: Sequence[Draft]) -> bool:
    """Whether nothing stands above a page's first table but what a page break may leave of a row."""
    return sum(len(draft.text.split()) for draft in drafts) <= _REST_OF_ROW


def _joined_meanings(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for term, meaning in rows:
        if term or not joined:
            joined.append((term, meaning))
        else:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {meaning}")
    return joined
