"""The entries of memory as the feedback log has them now.

What is remembered is never written: it is made of what stands in the log, and kept beside each event in the log's own file
(`feedback/derived.py`), so that a question need not read all events. What is forgotten or taken back there is gone here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ...errors import AylluError
from ...feedback import PREFERENCE, Derived, FeedbackEvent, FeedbackLog, Said
from ...retrieval import Vectors
from .entries import Entry, entry_of, vetoed_question
from .wrong import WrongCitation, wrong_citation

log = logging.getLogger(__name__)
_GOOD, _BAD = {'"up"', "4", "5"}, {'"down"', "1", "2"}
Embed = Callable[[str], Vectors]


@dataclass(frozen=True, slots=True)
class Kept:
    """The entries that count, latest first, and the questions for which each does not: an answer to them was rated bad."""

    entries: Sequence[Entry]
    vetoes: Mapping[str, frozenset[str]]  # by entry
    wrong: Sequence[WrongCitation] = ()


class KeptEntries:
    """Of one log. What was read once is not read again in this process."""

    def __init__(self, feedback: FeedbackLog) -> None:
        self._feedback = feedback
        self._rows: dict[str, Derived] | None = None
        self._bodies: dict[str, _Body] = {}
        self._last: tuple[Sequence[Said], Kept] | None = None

    def read(self) -> Kept:
        """What counts now.

        Raises:
            DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
        """
        statements = self._feedback.derived.statements()
        if self._last is None or self._last[0] is not statements:
            self._last = statements, self._read(statements)
        return self._last[1]

    def _read(self, statements: Sequence[Said]) -> Kept:
        self._catch_up(statements)
        by_event: dict[str, set[str]] = {}
        off: dict[tuple[str, str], int] = {}
        rejected = {(message_id, each.person) for each in statements if (message_id := rejected_id(each)) is not None}
        corrected = {(each.message_id, each.person) for each in statements if each.name == "correction"}
        wrong: list[WrongCitation] = []
        for each in statements:
            by_event.setdefault(each.event_id, set()).add(each.name)
            if each.name == "memory":
                off[each.message_id, each.person] = max(each.at, off.get((each.message_id, each.person), 0))
        entries: dict[tuple[str, str, str], Entry] = {}
        vetoes: dict[str, set[str]] = {}
        for each in statements:  # oldest first, so that the latest word on a question takes the place of the others
            body = self._bodies.get(each.event_id)
            if body is None or each.name == "memory":
                continue
            if body.veto is not None and each.name == "rating":
                vetoes.setdefault(body.veto[0], set()).add(body.veto[1])
            if body.wrong is not None and each.name.startswith("citation_wrong:"):
                wrong.append(body.wrong)
            entry = body.entry
            if entry is None or not _says(each, entry) or (entry.message_id, each.person) in rejected:
                continue
            if entry.kind == "accepted" and (entry.message_id, each.person) in corrected:  # a key was pressed too soon
                continue
            if off.get((each.message_id, each.person), 0) < each.at:
                form = normal_form(entry.question)
                entries.pop((entry.person, form, entry.kind), None)
                if entry.kind == "correction":
                    entries.pop((entry.person, form, "accepted"), None)
                entries[entry.person, form, entry.kind] = entry
        kept_vetoes = {name: frozenset(questions) for name, questions in vetoes.items()}
        return Kept(list(reversed(entries.values())), kept_vetoes, wrong)

    def vectors(self, entries: Sequence[Entry], embedder: str, embed: Embed) -> Vectors:
        """The questions of `entries`, shape (n, d), by the embedder of that name; what is new is embedded and kept."""
        rows = self._rows or {}
        new: list[Derived] = []
        vectors: list[Vectors] = []
        for entry in entries:
            row = rows.get(entry.event_id)
            if row is not None and row.embedder == embedder and row.vector is not None:
                vectors.append(np.frombuffer(row.vector, np.float32))
                continue
            vector = np.asarray(embed(entry.question), np.float32)
            vectors.append(vector)
            if row is not None:
                new.append(Derived(entry.event_id, row.body, embedder, vector.tobytes()))
        self._keep(new)
        return np.stack(vectors)

    def _catch_up(self, statements: Sequence[Said]) -> None:
        """Read the events that are new."""
        if self._rows is None:
            self._rows = self._feedback.derived.read()
        wanted = {each.event_id for each in statements if _matters(each)}
        gone = [event_id for event_id in self._rows if event_id not in wanted]
        for event_id in gone:
            del self._rows[event_id]
            self._bodies.pop(event_id, None)
        names: dict[str, set[str]] = {}
        for each in statements:
            names.setdefault(each.event_id, set()).add(each.name)
        missing = sorted(wanted - self._rows.keys())
        new = [
            Derived(event.event_id, _body_of(event.limited_to(names[event.event_id])).to_json())
            for event in self._feedback.read(missing)
            if not event.forgotten
        ]
        self._keep(new, gone)
        for event_id, row in self._rows.items():
            if event_id not in self._bodies:
                self._bodies[event_id] = _Body.from_json(row.body)

    def _keep(self, rows: Sequence[Derived], gone: Sequence[str] = ()) -> None:
        assert self._rows is not None
        self._rows |= {row.event_id: row for row in rows}
        if not rows and not gone:
            return
        try:
            self._feedback.derived.keep(rows, gone)
        except AylluError as error:  # it is made again the next time
            error.log_once(log)


@dataclass(frozen=True, slots=True)
class _Body:
    """What is made of one event."""

    entry: Entry | None = None
    veto: tuple[str, str] | None = None  # an entry, and the question for which it does not count
    wrong: WrongCitation | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> _Body:
        try:
            row = json.loads(text)
            entry = Entry.from_row(row["entry"]) if row["entry"] else None
            wrong = WrongCitation.from_row(row["wrong"]) if row["wrong"] else None
            return cls(entry, (row["veto"][0], row["veto"][1]) if row["veto"] else None, wrong)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            log.warning("What is remembered of an event cannot be read: %s", error)
            return cls()


def rejected_id(statement: Said) -> str | None:
    """The answer that a comparison found the worse one; None where `said` compares nothing."""
    name, _, second = statement.name.partition(":")
    if name != PREFERENCE:
        return None
    return statement.message_id if json.loads(statement.value) == second else second


def _matters(statement: Said) -> bool:
    """Whether anything is made of it here."""
    name = statement.name.partition(":")[0]
    return name in ("correction", "citation_wrong", PREFERENCE) or (name == "rating" and statement.value in _GOOD | _BAD)


def _says(statement: Said, entry: Entry) -> bool:
    """Whether the entry is made of this statement of its event."""
    return (
        statement.name == "correction"
        if entry.kind == "correction"
        else statement.name.partition(":")[0] in ("rating", PREFERENCE)
    )


def normal_form(question: str) -> str:
    """What tells that a question is asked again: its words, without regard to case, spaces and what stands around them."""
    return " ".join(word.strip("?!.,;:\"'“”‘’«»¿¡…()[]") for word in question.casefold().split()).strip()


def _body_of(event: FeedbackEvent) -> _Body:
    entry, vetoed = entry_of(event), vetoed_question(event)
    return _Body(entry, (vetoed[0], normal_form(vetoed[1])) if vetoed else None, wrong_citation(event))
