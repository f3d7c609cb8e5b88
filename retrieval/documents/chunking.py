"""Text cut into chunks that follow its structure, sized in the embedder's tokens, with exact offsets.

What belongs together stays together where it fits: a heading with what follows it, a term with its definition, a list or an
example with the sentence that introduces it. What stands elsewhere and must be read with a chunk, its headings and its
table's columns, goes with it and counts among its tokens. Furniture is in no chunk.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..docstore import HEADING_SEPARATOR, ChunkRecord, indexed_text
from ..types import NEW_PAGE, Mark
from .parsers import Block, BlockKind, Page, Parsed
from .sizes import Offsets, Sizes, Span
from .units import Unit, cut_unit, find_units

_SMALL = 0.25  # of the largest chunk; a smaller section is joined to the next of its level or below
_HEADING_WEIGHT = 0.3  # of a chunk that is nothing else
_HEADING_CHARS = 120  # of each heading that goes with a chunk
_ENDS = re.compile(r"[.!?…:;。！？।۔؟][\"'”’»)\]*_]*\Z")


def cut_chunks(parsed: Parsed, *, max_tokens: int, token_offsets: Offsets, window: int | None = None) -> list[ChunkRecord]:
    """Cut `parsed.text` into chunks of at most `max_tokens` tokens, and of ten times as many characters.

    Sections (a heading and what follows) are not mixed unless they are tiny, nor pages, but for what runs on over a page's
    end. `window`: how many tokens the embedder sees; where what goes with a chunk takes much of it, the chunk is smaller.
    `chunk.text == parsed.text[chunk.start:chunk.end]`, and no chunk is blank.
    """
    return _Chunker(parsed, max_tokens, window or 2 * max_tokens, Sizes(parsed.text, token_offsets)).cut()


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring units that are one chunk, or a part of one."""

    units: tuple[Unit, ...]

    @property
    def span(self) -> Span:
        return self.units[0].start, self.units[-1].end

    @property
    def context(self) -> str:
        return next((unit.context for unit in self.units if unit.context), "")

    @property
    def begins_section(self) -> bool:
        return self.units[0].kind is BlockKind.HEADING

    @property
    def level(self) -> int | None:
        """Of the last heading in it."""
        return next((unit.level for unit in reversed(self.units) if unit.kind is BlockKind.HEADING), None)

    def __add__(self, other: _Run) -> _Run:
        return _Run(self.units + other.units)


class _Chunker:
    def __init__(self, parsed: Parsed, most: int, window: int, sizes: Sizes) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._most = most
        self._window = window
        self._sizes = sizes
        self._above = _HeadingPaths(self._text, [block for block in parsed.blocks if block.kind is BlockKind.HEADING])
        self._page_starts = [page.start for page in parsed.pages]
        self._numbers = [page.number if page.number is not None else at for at, page in enumerate(parsed.pages, start=1)]
        self._lines = _Lines(self._text) if parsed.has_lines else None

    def cut(self) -> list[ChunkRecord]:
        return [self._record(run) for run in self._packed(self._bound())]

    def _bound(self) -> Iterator[_Run]:
        """Runs that are not parted: each heading with what follows it, each introduction with what it introduces."""
        waiting: tuple[Unit, ...] = ()  # headings
        before: _Run | None = None
        for unit in find_units(self._parsed):
            if unit.kind is BlockKind.HEADING:
                if waiting and (unit.apart or self._sizes((waiting[0].start, unit.end)) > self._most / 2):
                    yield from self._released(before, waiting)
                    before, waiting = None, ()
                if self._sizes(unit.span) > self._most / 2:  # whatever it claims to be
                    yield from self._released(before, (unit,))
                    before = None
                else:
                    waiting += (unit,)
                continue
            if waiting and unit.apart:
                yield from self._released(before, waiting)
                before, waiting = None, ()
            room = self._room(waiting[0] if waiting else unit)
            if waiting:
                room -= self._sizes((waiting[0].start, unit.start))
            for number, piece in enumerate(cut_unit(self._text, unit, max(room, self._most // 4, 1), self._sizes)):
                run = _Run((*waiting, piece)) if number == 0 else _Run((piece,))
                waiting = ()
                joined = before + run if before is not None else run
                if before is not None and number == 0 and unit.introduced and self._fits(before, run):
                    before = joined
                    continue
                if before is not None:
                    yield before
                before = run
        yield from self._released(before, waiting)

    def _released(self, before: _Run | None, headings: tuple[Unit, ...]) -> Iterator[_Run]:
        """What waits, where nothing follows: headings alone go with what stands before them."""
        if before is not None:
            yield before
        for heading in headings:
            yield from (_Run((piece,)) for piece in cut_unit(self._text, heading, self._most, self._sizes))

    def _packed(self, runs: Iterator[_Run]) -> Iterator[_Run]:
        """Neighbours joined while they fit."""
        current: _Run | None = None
        for run in runs:
            if current is not None and self._fits(current, run) and not self._begins_anew(current, run):
                current += run
            else:
                if current is not None:
                    yield current
                current = run
        if current is not None:
            yield current

    def _fits(self, current: _Run, run: _Run) -> bool:
        if run.units[0].path != current.units[0].path:
            return False
        if run.units[0].apart or len({context for context in (current.context, run.context) if context}) > 1:
            return False
        if not self._on_one_page(current, run):
            return False
        context = current.context or run.context
        first = current.units[0] if current.context else replace(current.units[0], context=context)
        return self._sizes((current.span[0], run.span[1])) <= self._room(first)

    def _begins_anew(self, current: _Run, run: _Run) -> bool:
        """A section does, unless what stands before it is tiny, and of no deeper level."""
        if not run.begins_section or all(unit.kind is BlockKind.HEADING for unit in run.units):
            return False
        if current.level is not None and run.units[0].level < current.level:
            return True
        return self._sizes(current.span) >= self._most * _SMALL

    def _on_one_page(self, current: _Run, run: _Run) -> bool:
        if self._page(run.span[0]) == self._page(current.span[0]):
            return True
        last, first = current.units[-1], run.units[0]
        goes_on = first.kind is last.kind and not _ENDS.search(self._text, max(last.start, last.end - 10), last.end)
        return goes_on and self._page(last.end - 1) + 1 >= self._page(first.start) and self._text[first.start].islower()

    def _page(self, at: int) -> int:
        """The number of the page, from 1; 0 where there are none."""
        return bisect_right(self._page_starts, at)

    def _room(self, first: Unit) -> int:
        """For how many tokens of text there is room in a chunk that begins with `first`."""
        above = indexed_text(self._parsed.title, self._path(first), first.context or first.lead, "")
        return max(min(self._most, self._window - self._sizes.of(above) - 2), self._most // 2, 1)

    def _path(self, unit: Unit) -> str:
        return HEADING_SEPARATOR.join(part for part in (self._above(unit.start), unit.path) if part)

    def _record(self, run: _Run) -> ChunkRecord:
        (start, end), page = run.span, self._page(run.span[0])
        pages: Sequence[Page] = self._parsed.pages
        return ChunkRecord(
            self._text[start:end],
            start,
            end,
            page=self._numbers[page - 1] or None if page else None,
            page_label=pages[page - 1].label if page else None,
            line=self._lines.number(start) if self._lines else None,
            heading=self._path(run.units[0]),
            context=run.context or run.units[0].lead,
            weight=_HEADING_WEIGHT if all(unit.kind is BlockKind.HEADING for unit in run.units) else 1.0,
            marks=(*self._marks(run), *self._new_pages(run)),
        )

    def _marks(self, run: _Run) -> Iterator[Mark]:
        start = run.span[0]
        for unit in run.units:
            if unit.kind is not BlockKind.PARAGRAPH:
                above = self._above(unit.start) if unit.kind is BlockKind.HEADING else ""
                yield Mark(unit.start - start, unit.end - start, unit.kind.value, unit.level, above)

    def _new_pages(self, run: _Run) -> Iterator[Mark]:
        start, end = run.span
        for number in range(self._page(start) + 1, self._page(end - 1) + 1):
            page = self._parsed.pages[number - 1]
            yield Mark(page.start - start, end - start, NEW_PAGE, self._numbers[number - 1], page.label or "")


class _HeadingPaths:
    """The headings that a place stands under, but not the one that begins there: that is part of the text."""

    def __init__(self, text: str, headings: Sequence[Block]) -> None:
        self._starts = [_first_letter(text, heading) for heading in headings]
        self._above: list[str] = []  # each heading itself
        self._below: list[str] = [""]  # what follows it, or stands before the first
        path: list[tuple[int, str]] = []
        for heading in headings:
            while path and path[-1][0] >= heading.level:
                path.pop()
            self._above.append(HEADING_SEPARATOR.join(name for _, name in path))
            name = _name(text[heading.start : heading.end])
            path.append((heading.level, name[:_HEADING_CHARS]))
            self._below.append(HEADING_SEPARATOR.join(name for _, name in path))

    def __call__(self, at: int) -> str:
        before = bisect_left(self._starts, at)
        begins_here = before < len(self._starts) and self._starts[before] == at
        return self._above[before] if begins_here else self._below[before]


def _name(heading: str) -> str:
    """What a heading says, without the marks around it: "# Name", "[name]", "name:"."""
    name = " ".join(heading.strip("#= \n").split()).removesuffix(":")
    return name.strip("[] ") if name.startswith("[") and name.endswith("]") else name


def _first_letter(text: str, block: Block) -> int:
    content = text[block.start : block.end]
    return block.start + len(content) - len(content.lstrip())


class _Lines:
    """Line numbers from 1 by offset."""

    def __init__(self, text: str) -> None:
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def number(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1
