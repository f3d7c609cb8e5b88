"""What a person said earlier of an answer, as it comes back with a later question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Closeness = Literal["same", "alike", "near"]  # to the question asked: it again, in other words, or only near it


@dataclass(frozen=True, slots=True)
class Recalled:
    """One entry of memory, as it was used for a question. All text is safe for a terminal."""

    id: str  # of the feedback event
    kind: Literal["correction", "accepted"]
    closeness: Closeness
    question: str  # as it was asked then
    answer: str
    person: str  # who said so; empty where that is not known
    own: bool  # whether that is who asks now
    created_at: str  # ISO 8601, UTC
    message_id: str  # of the answer that was judged
    document: str = ""  # that it rests on; empty: on the person's word alone
    own_words: bool = False  # no passage shown says it in these words
    stale: str = ""  # why it does not count any more

    @property
    def note(self) -> str:
        """Who said so and when, in one sentence: "You corrected this on 12 November."."""
        person = "You" if self.own else self.person or "Somebody"
        did = "corrected" if self.kind == "correction" else "accepted"
        what = {"same": "this", "alike": "this, asked in other words,", "near": "a question like this"}[self.closeness]
        sentence = f"{person} {did} {what} on {_day(self.created_at)}"
        if self.stale:
            return f"{sentence}; not used, for {self.stale}."
        return f"{sentence}, in words of {'your' if self.own else 'their'} own." if self.own_words else f"{sentence}."


def _day(moment: str) -> str:
    """The day here, with its year where that is not this one."""
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return "an unknown day"
    here = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone()
    year = "" if here.year == datetime.now(UTC).astimezone().year else f" {here.year}"
    return f"{here.day} {here:%B}{year}"
