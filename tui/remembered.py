"""What was said of earlier answers, beneath the answer that it gave or that it stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text import one_line
from .sources import Part

if TYPE_CHECKING:
    from ..conversations import Answer

MARK = "✎"
_LONGEST = 200  # characters of an answer that stands beside


def who_answered(answer: Answer) -> str:
    """The model, or whose earlier word the answer is."""
    return f"{MARK} {answer.memory.note}" if answer.memory is not None else answer.model


def remembered_parts(answer: Answer) -> list[Part]:
    """A line for each that stands beside the answer."""
    parts: list[Part] = []
    for recalled in answer.recollections:
        line = one_line(f"{recalled.question} → {recalled.answer}", _LONGEST)
        parts += [Part(f"\n{MARK} {one_line(recalled.note)} "), Part(line, style="dim")]
    return parts
