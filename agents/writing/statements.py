"""The statements of a prose draft: its sentences as they stand in it, with the marks that the model put."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...retrieval import split_sentences

_MARK = re.compile(r"\[(\d{1,4})\]")
_MARKS_AFTER = re.compile(r"(?:[ \t]*\[\d{1,4}\])+[.!?]?")
_MARKS_BEFORE = re.compile(r"(?:\[\d{1,4}\][ \t]*)+\Z")
_FENCE = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]|[ \t]*(?:\*\*|__)[^*_\n]+(?:\*\*|__):?[ \t]*$", re.MULTILINE)
_TABLE_RULE = re.compile(r"[ \t]*\n[ \t]*\|?[ \t:]*-{2,}[-|: \t]*(?:\n|\Z)")  # beneath the names of the columns


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, list item, table row or code block of a draft; `start` and `end` are its place there, marks included."""

    text: str  # without marks
    start: int
    end: int
    marks: tuple[int, ...] = ()  # the model's own, in their order
    leads: bool = False  # it only leads over to what comes next ("The steps are:"), or is a heading


@dataclass(frozen=True, slots=True)
class Attributed:
    """A statement with the numbers, from 1, of the passages that support it, the best first.

    `supported` is None where there is nothing to check: a heading, or what only leads over. `foreign`: it is in another
    language than the passages, so that words cannot be compared; then it is None where it has no number to find again.
    """

    statement: Statement
    passages: tuple[int, ...] = ()
    supported: bool | None = None
    foreign: bool = False


def split_statements(draft: str) -> list[Statement]:
    """The statements of `draft` in order, never empty; a block of code is one of them."""
    return [_statement(draft, start, end) for start, end in _spans(draft)]


def _spans(draft: str) -> Iterator[tuple[int, int]]:
    place = 0
    for fence in _FENCE.finditer(draft):
        yield from _sentences(draft, place, fence.start())
        yield fence.span()
        place = fence.end()
    yield from _sentences(draft, place, len(draft))


def _sentences(draft: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Marks that follow a sentence on its line belong to it, though they stand after its full stop."""
    text = draft[start:end]
    place = 0
    for first, last in split_sentences(_MARK.sub(lambda mark: " " * len(mark[0]), text)):
        if before := _MARKS_BEFORE.search(text, place, first):
            first = before.start()
        if after := _MARKS_AFTER.match(text, last):
            last = after.end()
        yield start + first, start + last
        place = last


def _statement(draft: str, start: int, end: int) -> Statement:
    written = draft[start:end]
    marks = tuple(dict.fromkeys(int(number) for number in _MARK.findall(written)))
    text = re.sub(r"[ \t]*\[\d{1,4}\]", "", written).strip()
    heading = bool(_HEADING.match(draft, draft.rfind("\n", 0, start) + 1))
    heading = heading or (text.startswith("|") and bool(_TABLE_RULE.match(draft, end)))
    return Statement(text, start, end, marks, leads=heading or text.rstrip("*_ ").endswith(":"))
