"""How a passage is built: its stretches with what each is and stands under, its sentences, and the place of any letter."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..docstore import HEADING_SEPARATOR
from ..documents import BlockKind, split_sentences
from ..types import NEW_PAGE, Passage, Place

_LEAD_CHARS = 200
_WHOLE_CHARS = 400  # of a definition, or an example: a shorter one is not divided
_PLAIN_LINE = re.compile(r"[^\d\n]{1,80}(?<![.!?:;,…\"”'’)。！？：；，、｡।॥؟؛»」』）])")
_QUESTION = re.compile(r"[?？؟]['\"”’»」)*_]*$")
_STATES = re.compile(r"[.!。！…۔]['\"”’»」)*_]*$|\w\W+\w+\W+\w")  # no signature below a question
_NUMBERED_LINE = re.compile(r"\s*(?:\d+\.)+\d+\.?\s+\S[^\n.!?:;]{0,80}")  # "2.11 Can"


@dataclass(frozen=True, slots=True)
class Stretch:
    """`passage.text[start:end]`, all of one kind."""

    start: int
    end: int
    kind: str  # a `BlockKind`'s value
    path: str  # the headings it stands under, its own not among them
    lead: str  # what must be read with it


def find_stretches(passage: Passage) -> Iterator[Stretch]:
    """The stretches of a passage in order; furniture is left out."""
    text, path, lead, at = passage.text, passage.heading, passage.context, 0
    for mark in (*passage.marks, None):
        if mark is not None and mark.kind == NEW_PAGE:
            continue
        between = text[at : mark.start if mark else len(text)]
        if between.strip():
            yield Stretch(at, at + len(between), BlockKind.PARAGRAPH, path, lead if at == 0 else "")
            lead = _introduction(between) or passage.context
        if mark is None:
            return
        at = mark.end
        if mark.kind == BlockKind.HEADING:
            name = " ".join(text[mark.start : mark.end].strip("#= \n").split())
            yield Stretch(mark.start, mark.end, mark.kind, mark.label, "")
            path, lead = HEADING_SEPARATOR.join(part for part in (mark.label, name) if part), ""
        elif mark.kind == BlockKind.TABLE_ROW:
            columns = passage.context.rpartition(HEADING_SEPARATOR)[2]
            header = bool(columns) and _cells(text[mark.start : mark.end]) == _cells(columns)
            kind = BlockKind.HEADING if header else mark.kind  # the names of the columns answer nothing
            yield Stretch(mark.start, mark.end, kind, path, lead or passage.context)
        elif mark.kind != BlockKind.FURNITURE:
            yield Stretch(mark.start, mark.end, mark.kind, path, lead)


def find_sentences(passage: Passage) -> Iterator[Stretch]:
    """What of a passage may be quoted by itself, in order: its sentences, rows, short examples and definitions; and its
    headings, which are known as such by their kind."""
    above, heading, question, end = "", "", "", 0
    for stretch in find_stretches(passage):
        if stretch.path != above:
            above, heading = stretch.path, ""
        for each in _sentences(passage.text, stretch):
            text = passage.text[each.start : each.end]
            if "\n\n" in passage.text[end : each.start] and question and not passage.text[:end].endswith(question):
                question = ""
            if each.kind == BlockKind.HEADING and stretch.kind == BlockKind.PARAGRAPH:
                heading, question = " ".join(text.strip("#= \n").split()), ""
                yield each
            elif each.kind == BlockKind.PARAGRAPH and _QUESTION.search(text):
                question = text
                yield replace(each, kind=BlockKind.HEADING, path=_below(each.path, heading))
            else:
                preceding = question if _STATES.search(text) else ""
                lead = "\n".join(part for part in (preceding, each.lead) if part)
                yield replace(each, path=_below(each.path, heading), lead=lead)
            end = each.end


def place_of(passage: Passage, start: int, end: int) -> Place:
    """Where `passage.text[start:end]` stands: the line that it begins in, and the page that has most of it."""
    page, label = passage.page, passage.page_label
    turns = [mark for mark in passage.marks if mark.kind == NEW_PAGE and mark.start < end]
    edges = [start, *(max(mark.start, start) for mark in turns), end]
    shares = [after - before for before, after in itertools.pairwise(edges)]
    if most := shares.index(max(shares)):
        page, label = turns[most - 1].level, turns[most - 1].label or None
    line = None if passage.line is None else passage.line + passage.text.count("\n", 0, start)
    return Place(passage.source, page, label, line)


def _sentences(text: str, stretch: Stretch) -> Iterator[Stretch]:
    content = text[stretch.start : stretch.end]
    spans = [(stretch.start + start, stretch.start + end) for start, end in split_sentences(content)]
    if not spans:
        return
    match stretch.kind:
        case BlockKind.HEADING | BlockKind.TABLE_ROW:
            yield replace(stretch, start=spans[0][0], end=spans[-1][1])
        case BlockKind.CODE | BlockKind.DEFINITION if spans[-1][1] - spans[0][0] <= _WHOLE_CHARS:
            yield replace(stretch, start=spans[0][0], end=spans[-1][1])
        case BlockKind.DEFINITION:
            term = " ".join(content.strip().partition("\n")[0].split())[:_LEAD_CHARS]
            (start, end), *others = [(spans[0][0], spans[min(1, len(spans) - 1)][1]), *spans[2:]]
            yield replace(stretch, start=start, end=end)
            for start, end in others:
                yield replace(stretch, start=start, end=end, lead=f"{stretch.lead}\n{term}".strip())
        case _:
            for start, end in spans:
                heading = stretch.kind == BlockKind.PARAGRAPH and _is_heading(text, start, end)
                yield replace(stretch, start=start, end=end, kind=BlockKind.HEADING if heading else stretch.kind)


def _cells(row: str) -> list[str]:
    return [" ".join(cell.split()) for cell in row.strip().strip("|").split("|")]


def _below(path: str, heading: str) -> str:
    return HEADING_SEPARATOR.join(part for part in (path, heading) if part)


def _introduction(text: str) -> str:
    """The last line of what stands before a list or an example, where it leads over to it."""
    last = text.rstrip().rpartition("\n")[2].strip()
    return last[-_LEAD_CHARS:] if last.endswith(":") else ""


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` looks like a heading: behind a `#`, or a paragraph of its own without a full stop that has
    no figure but the number of a section."""
    before, after = text[:start].rpartition("\n"), text[end:].partition("\n")
    if before[2].strip():
        return not before[2].strip().strip("#")
    if not after[0].strip() and _NUMBERED_LINE.fullmatch(text[start:end]):
        return True
    first = not before[0].strip()  # of the passage: on a page of a PDF no blank line need follow
    above, below = before[0].rpartition("\n")[2], after[2].partition("\n")[0]
    alone = not above.strip() and not after[0].strip() and (first or not below.strip())
    return alone and _PLAIN_LINE.fullmatch(text[start:end]) is not None
