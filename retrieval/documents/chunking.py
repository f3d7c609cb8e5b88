"""Text cut into chunks that follow its structure, sized in the embedder's tokens, with exact offsets.

A tokenizer may take any run without a space for one token: a megabyte of hexadecimal would be a chunk, and then a prompt. So
a token counts for at most `_TOKEN_CHARS` characters.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from ..docstore import HEADING_SEPARATOR, ChunkRecord
from .parsers import Block, BlockKind, Page, Parsed
from .sentences import split_sentences

_PARAGRAPHS = re.compile(r"\S(?:.|\n(?!\s*\n))*", re.UNICODE)
_PIECE = 20_000  # characters tokenized at once: memory stays small and time linear
_TOKEN_CHARS = 10  # characters; words of any language have fewer
_SMALL = 0.25  # of the largest chunk; a smaller section is joined to the next

Offsets = Callable[[str], Sequence[tuple[int, int]]]
Span = tuple[int, int]


def cut_chunks(parsed: Parsed, *, max_tokens: int, token_offsets: Offsets) -> list[ChunkRecord]:
    """Cut `parsed.text` into chunks of at most `max_tokens` tokens, and of ten times as many characters.

    Sections (a heading and what follows) and pages are not mixed unless they are tiny; paragraphs stay whole where they fit,
    then sentences, then words. `chunk.text == parsed.text[chunk.start:chunk.end]`, and no chunk is blank.
    """
    text = parsed.text
    headings = [block for block in parsed.blocks if block.kind is BlockKind.HEADING]
    starts = {block.start for block in headings}
    above = _HeadingPaths(text, headings)
    lines = _Lines(text) if parsed.has_lines else None
    chunks: list[ChunkRecord] = []
    for number, page in enumerate(parsed.pages or [Page(0, len(text))], start=1):
        sizes = _Sizes(text, page.start, page.end, token_offsets)
        units = [
            unit for span in _paragraphs(text, page.start, page.end) for unit in _fitting(text, span, max_tokens, sizes)
        ]
        for first, last in _packed(units, starts, max_tokens, sizes):
            chunks.append(
                ChunkRecord(
                    text[first:last],
                    first,
                    last,
                    page=number if parsed.pages else None,
                    page_label=page.label,
                    line=lines.number(first) if lines else None,
                    heading=above(first),
                )
            )
    return chunks


class _HeadingPaths:
    """The headings that a place stands under, but not the one that begins there: that is part of the text."""

    def __init__(self, text: str, headings: Sequence[Block]) -> None:
        self._starts = [heading.start for heading in headings]
        self._above: list[str] = []  # each heading itself
        self._below: list[str] = [""]  # what follows it, or stands before the first
        path: list[tuple[int, str]] = []
        for heading in headings:
            while path and path[-1][0] >= heading.level:
                path.pop()
            self._above.append(HEADING_SEPARATOR.join(name for _, name in path))
            path.append((heading.level, " ".join(text[heading.start : heading.end].strip("#= \n").split())))
            self._below.append(HEADING_SEPARATOR.join(name for _, name in path))

    def __call__(self, at: int) -> str:
        before = bisect_left(self._starts, at)
        begins_here = before < len(self._starts) and self._starts[before] == at
        return self._above[before] if begins_here else self._below[before]


class _Lines:
    """Line numbers from 1 by offset."""

    def __init__(self, text: str) -> None:
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def number(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1


class _Sizes:
    """How many tokens a span has, from one pass over the text; many characters count for more."""

    def __init__(self, text: str, start: int, end: int, token_offsets: Offsets) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        while start < end:
            stop = min(start + _PIECE, end)
            if stop < end and (space := text.rfind(" ", start, stop)) > start:
                stop = space
            offsets = token_offsets(text[start:stop])
            self._starts.extend(start + first for first, _ in offsets)
            self._ends.extend(start + last for _, last in offsets)
            start = stop

    def __call__(self, span: Span) -> int:
        tokens = bisect_left(self._starts, span[1]) - self._first(span)
        return max(tokens, math.ceil((span[1] - span[0]) / _TOKEN_CHARS))

    def cut(self, span: Span, tokens: int) -> int:
        """The offset after `tokens` tokens of `span`."""
        at = self._first(span) + tokens
        longest = min(span[1], span[0] + tokens * _TOKEN_CHARS)
        return min(self._starts[at], longest) if at < len(self._starts) else longest

    def _first(self, span: Span) -> int:
        """The first token that `span` has some of: it may begin within a long one."""
        at = bisect_left(self._starts, span[0])
        return at - 1 if at and self._ends[at - 1] > span[0] else at


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _PARAGRAPHS.finditer(text, start, end):
        yield match.start(), match.start() + len(match[0].rstrip())


def _fitting(text: str, span: Span, most: int, sizes: _Sizes) -> Iterator[Span]:
    """`span` whole where it fits, else its sentences packed, else cut between words."""
    if sizes(span) <= most:
        yield span
        return
    sentences = [(span[0] + first, span[0] + last) for first, last in split_sentences(text[span[0] : span[1]])]
    pieces = [piece for sentence in sentences for piece in _cut(text, sentence, most, sizes)]
    yield from _packed(pieces, set(), most, sizes)


def _cut(text: str, span: Span, most: int, sizes: _Sizes) -> Iterator[Span]:
    while sizes(span) > most:
        stop = sizes.cut(span, most)
        if (space := text.rfind(" ", span[0], stop)) > span[0]:
            stop = space
        stop = max(stop, span[0] + 1)
        yield span[0], stop
        start = stop
        while start < span[1] and text[start].isspace():
            start += 1
        span = (start, span[1])
    if span[0] < span[1]:
        yield span


def _packed(units: Sequence[Span], headings: set[int], most: int, sizes: _Sizes) -> Iterator[Span]:
    """Neighbours joined while they fit; a heading begins anew unless what stands before it is tiny."""
    current: Span | None = None
    for unit in units:
        if current is None:
            current = unit
            continue
        joined = (current[0], unit[1])
        begins_anew = unit[0] in headings and sizes(current) >= most * _SMALL
        if begins_anew or sizes(joined) > most:
            yield current
            current = unit
        else:
            current = joined
    if current is not None:
        yield current
