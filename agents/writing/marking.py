"""A draft as it is shown: each statement with the marks of the passages that support it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...conversations import Unsupported
from ...retrieval import Passage
from .marks import mark_number, strip_marks
from .statements import Attributed

_FENCE = re.compile(r"\s*(?:```|~~~)")
_STOP = re.compile(r"[.!?。！？][\"'”’»)\]*_]*$")


@dataclass(frozen=True, slots=True)
class MarkedDraft:
    """`cited` in the order of their marks; offsets of `unsupported` count in `text`."""

    text: str
    cited: tuple[Passage, ...]
    unsupported: tuple[Unsupported, ...]


def mark_statements(
    draft: str,
    statements: Sequence[Attributed],
    passages: Sequence[Passage],
    *,
    strict: bool = False,
    marked: Sequence[Passage] = (),
) -> MarkedDraft:
    """`draft` with its statements' marks, numbered by first use, in place of the model's own.

    What no passage supports stays, and is named; `strict`: it is left out, with what led over to it alone. Passages that
    are `marked` have their marks already.
    """
    kept = _supported_only(statements) if strict else list(statements)
    cited = list(marked)
    unsupported: list[Unsupported] = []
    text, place = "", 0
    for each in statements:
        statement = each.statement
        gap = strip_marks(draft[place : statement.start], trim=False)
        place = statement.end
        if each not in kept:
            text += gap[: gap.rfind("\n") + 1]
            continue
        text += gap
        start = len(text)
        numbers = [mark_number(passages[number - 1], cited) for number in each.passages]
        text += _with_marks(draft[statement.start : statement.end], "".join(f"[{number}]" for number in numbers))
        if each.supported is False:
            unsupported.append(Unsupported(text[start:], start, len(text)))
    text += strip_marks(draft[place:], trim=False)
    before = len(text) - len(text.lstrip())
    shown = tuple(Unsupported(each.text, each.start - before, each.end - before) for each in unsupported)
    return MarkedDraft(text.strip(), tuple(cited), shown)


def _supported_only(statements: Sequence[Attributed]) -> list[Attributed]:
    kept: list[Attributed] = []
    for each in reversed(statements):
        leads_to_something = bool(kept) and (not kept[-1].statement.leads or each.supported is not None)
        if each.supported or (each.supported is None and leads_to_something):
            kept.append(each)
    return kept


def _with_marks(written: str, marks: str) -> str:
    """`marks` stand before the full stop, in the last cell of a table's row, and beneath a block of code."""
    text = strip_marks(written)
    if not marks:
        return text
    if _FENCE.match(text):
        return f"{text}\n{marks}"
    if text.startswith("|") and text.endswith("|"):
        return f"{text[:-1].rstrip()} {marks} |"
    stop = _STOP.search(text)
    return f"{text} {marks}" if stop is None else f"{text[: stop.start()]} {marks}{stop[0]}"
