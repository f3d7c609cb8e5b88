"""Units: the stretches of a text that are not parted where they fit a chunk, and how each kind is cut where it does not.

A paragraph is cut between sentences, code between lines, a table's row between cells; what is left is cut between words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .parsers import Block, BlockKind, Parsed
from .sentences import split_sentences
from .sizes import Sizes, Span

_PARAGRAPHS = re.compile(r"\S(?:.|\n(?!\s*\n))*", re.UNICODE)
_LINES = re.compile(r"[^\n]*\S[^\n]*")
_DIVIDERS = ("\t", " | ", "; ")  # of a row's cells
_LEAD_CHARS = 200  # of what leads a list or a definition, where it is repeated
_INTRODUCES = re.compile(r":[\"'”’)*_]*\s*\Z")


@dataclass(frozen=True, slots=True)
class Unit:
    """One stretch `text[start:end]`. A chunk that begins with it carries its `lead`: the term that a definition's later
    piece belongs to, or the sentence that introduces a list."""

    start: int
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    context: str = ""
    lead: str = ""
    introduced: bool = False  # by the unit before it, which ends with a colon
    path: str = ""  # see `Block.path`
    apart: bool = False  # from what stands before it: furniture lies between

    @property
    def span(self) -> Span:
        return self.start, self.end


def find_units(parsed: Parsed) -> list[Unit]:
    """The text's units in order, furniture left out. Text that no block covers is paragraphs, divided by blank lines."""
    units: list[Unit] = []
    apart = False
    lead, leads_list = "", False
    for unit in _all_units(parsed):
        if unit.kind is BlockKind.FURNITURE:
            apart = True
            continue
        text = parsed.text[unit.start : unit.end]
        listed = unit.kind is BlockKind.LIST_ITEM
        introduced = bool(lead) and not apart and unit.kind is not BlockKind.HEADING
        if listed and (introduced or leads_list):
            unit = replace(unit, lead=unit.lead or lead)
        units.append(replace(unit, introduced=introduced and not (listed and leads_list), apart=apart))
        apart = False
        leads_list = listed and bool(lead)
        if not leads_list:
            lead = _last_sentence(text) if unit.kind is not BlockKind.HEADING and _INTRODUCES.search(text) else ""
    return units


def cut_unit(text: str, unit: Unit, most: int, sizes: Sizes) -> Iterator[Unit]:
    """`unit` in pieces of at most `most` tokens."""
    if sizes(unit.span) <= most:
        yield unit
        return
    match unit.kind:
        case BlockKind.CODE:
            parts = [match.span() for match in _LINES.finditer(text, unit.start, unit.end)]
        case BlockKind.TABLE_ROW:
            yield from _cut_row(text, unit, most, sizes)
            return
        case _:
            parts = [(unit.start + first, unit.start + last) for first, last in split_sentences(text[unit.start : unit.end])]
    later = replace(unit, lead=_term(text, unit) if unit.kind is BlockKind.DEFINITION else unit.lead, apart=False)
    pieces = [piece for part in parts for piece in cut_words(text, part, most, sizes)]
    for number, (start, end) in enumerate(pack_spans(pieces, most, sizes)):
        yield replace(later if number else unit, start=start, end=end)


def cut_words(text: str, span: Span, most: int, sizes: Sizes) -> Iterator[Span]:
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


def pack_spans(spans: Sequence[Span], most: int, sizes: Callable[[Span], int]) -> Iterator[Span]:
    """Neighbours joined while they fit."""
    current: Span | None = None
    for span in spans:
        if current is None:
            current = span
        elif sizes((current[0], span[1])) > most:
            yield current
            current = span
        else:
            current = (current[0], span[1])
    if current is not None:
        yield current


def _all_units(parsed: Parsed) -> Iterator[Unit]:
    at = 0
    for block in parsed.blocks:
        yield from _paragraphs(parsed.text, at, block.start)
        yield from _of_block(parsed.text, block)
        at = max(at, block.end)
    yield from _paragraphs(parsed.text, at, len(parsed.text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Unit]:
    for match in _PARAGRAPHS.finditer(text, start, end):
        yield Unit(match.start(), match.start() + len(match[0].rstrip()))


def _of_block(text: str, block: Block) -> Iterator[Unit]:
    content = text[block.start : block.end]
    if content.strip():
        start = block.start + (0 if block.kind is BlockKind.CODE else len(content) - len(content.lstrip()))
        end = block.end - (len(content) - len(content.rstrip()))
        yield Unit(start, end, block.kind, block.level, " ".join(block.context.split()), path=block.path)


def _cut_row(text: str, unit: Unit, most: int, sizes: Sizes) -> Iterator[Unit]:
    """A row between its cells; each later piece carries the row's first cell, and its own columns where they are known."""
    row = text[unit.start : unit.end]
    divider = next((mark for mark in _DIVIDERS if row.count(mark) > 1), None)
    if divider is None:
        yield from cut_unit(text, replace(unit, kind=BlockKind.PARAGRAPH), most, sizes)
        return
    cells: list[Span] = []
    at = unit.start
    for cell in row.split(divider):
        cells.append((at, at + len(cell)))
        at += len(cell) + len(divider)
    columns = unit.context.split(divider.strip() or divider) if unit.context else []
    key = row.split(divider)[0].strip()[:_LEAD_CHARS]
    if len(columns) == len(cells) and columns[0].strip():
        key = f"{columns[0].strip()}: {key}"
    pieces = [piece for cell in cells if cell[0] < cell[1] for piece in cut_words(text, cell, most, sizes)]
    for start, end in pack_spans(pieces, most, sizes):
        named = [column.strip() for column, cell in zip(columns, cells, strict=False) if start <= cell[0] < end]
        context = divider.join(named) if len(columns) == len(cells) else unit.context
        first = start == unit.start
        yield replace(
            unit, start=start, end=end, context=context if first else "\n".join(part for part in (key, context) if part)
        )


def _term(text: str, unit: Unit) -> str:
    """What a definition defines: its first line."""
    return " ".join(text[unit.start : unit.end].partition("\n")[0].split())[:_LEAD_CHARS]


def _last_sentence(text: str) -> str:
    spans = split_sentences(text)
    return " ".join(text[slice(*spans[-1])].split())[-_LEAD_CHARS:] if spans else ""
