"""What stands: of all that a person said, the last value of each thing they spoke of.

A later statement takes the place of an earlier one of the same person and name, and of one whose person is not known:
before persons were written down, a home had one. The log keeps both; the table `standing` says which event holds what. What
is forgotten later brings nothing back that it had replaced.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..storage import Database
from .events import FeedbackEvent, statement_name

TABLE = """
CREATE TABLE standing (
    message_id TEXT NOT NULL, name TEXT NOT NULL, person TEXT NOT NULL, value TEXT NOT NULL, event_id TEXT NOT NULL,
    PRIMARY KEY (message_id, name, person)
) WITHOUT ROWID;
CREATE INDEX standing_by_event ON standing (event_id);
"""
_ASKED_AT_ONCE = 500  # values in one statement; SQLite takes 999 where it is old


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person thinks of one answer now."""

    rating: str | int | None = None
    correction: str | None = None
    comment: str | None = None
    abstention: str | None = None
    citations_wrong: frozenset[int] = frozenset()
    memory: str | None = None

    @property
    def names(self) -> list[str]:
        """Those of the statements that it is made of."""
        parts = {name: getattr(self, name) for name in ("rating", "correction", "comment", "abstention", "memory")}
        marks = [statement_name("citation_wrong", mark) for mark in sorted(self.citations_wrong)]
        return [name for name, value in parts.items() if value is not None] + marks


def let_stand(sql: sqlite3.Connection, event: FeedbackEvent) -> str | None:
    """Put what `event` says in the place of what it replaces; returns the last event of which nothing stands any more."""
    replaced: list[str] = []
    for statement in event.statements():
        key = (statement.message_id, statement.name, event.person)
        before = "message_id = ? AND name = ? AND person IN (?, '')"
        replaced += [row[0] for row in sql.execute(f"SELECT event_id FROM standing WHERE {before}", key)]
        sql.execute(f"DELETE FROM standing WHERE {before}", key)
        if statement.value is not None:
            value = json.dumps(statement.value)
            sql.execute("INSERT INTO standing VALUES (?, ?, ?, ?, ?)", (*key, value, event.event_id))
    gone = "SELECT max(rowid), id FROM events WHERE id = ? AND id NOT IN (SELECT event_id FROM standing)"
    rows = [row for identifier in set(replaced) for row in sql.execute(gone, (identifier,)) if row[0] is not None]
    return str(max(rows)[1]) if rows else None


def judgements(database: Database, message_ids: Iterable[str], person: str) -> dict[str, Judgement]:
    """What `person` thinks of each of these answers; those of which they said nothing are not in it."""
    values: dict[str, dict[str, str | int]] = {}
    for batch in _batches(list(message_ids)):
        marks = ", ".join("?" * len(batch))
        rows = database.rows(
            f"SELECT message_id, name, value FROM standing WHERE message_id IN ({marks}) AND person IN (?, '')"
            " ORDER BY person",  # their own word after one of nobody known
            *batch,
            person,
        )
        for message_id, name, value in rows:
            values.setdefault(message_id, {})[name] = json.loads(value)
    return {message_id: _judgement(named) for message_id, named in values.items()}


def _judgement(named: dict[str, str | int]) -> Judgement:
    def text(name: str) -> str | None:
        return str(named[name]) if name in named else None

    marks = frozenset(int(value) for name, value in named.items() if name.startswith("citation_wrong:"))
    return Judgement(named.get("rating"), text("correction"), text("comment"), text("abstention"), marks, text("memory"))


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        yield ids[start : start + _ASKED_AT_ONCE]
