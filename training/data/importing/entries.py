"""What every format comes down to: a question, the answer it should get, and the text that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of a file. `context` is what it is answered from; `None`: nothing."""

    line: int
    question: str
    answer: str
    context: str | None

    @property
    def copied(self) -> bool:
        """Whether the answer stands in the context, rather than in the person's own words."""
        if self.context is None:
            return False
        return self.answer in self.context or " ".join(self.answer.split()) in " ".join(self.context.split())


@dataclass(frozen=True, slots=True)
class BadEntry:
    """What is wrong with an entry that is skipped."""

    line: int
    error: str


def read_entry(line: int, question: Any, answer: Any, context: Any) -> Entry | BadEntry:
    """An entry of what a file holds, checked."""
    for name, value in (("question", question), ("answer", answer)):
        if not isinstance(value, str) or not value.strip():
            return BadEntry(line, f"its {name} is empty, or no text")
    if context is not None and not isinstance(context, str):
        return BadEntry(line, "its context is no text")
    return Entry(line, " ".join(question.split()), answer.strip(), context if context and context.strip() else None)
