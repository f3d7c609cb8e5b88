"""What others make of events and do not want to make again: kept in the log's own file, and gone with the event.

Nothing here is said by anybody: an empty table costs the time to fill it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..storage import Database
from .statements import Said, StandingStatements

DERIVED = """
CREATE TABLE derived (
    event_id TEXT PRIMARY KEY REFERENCES events (id), body TEXT NOT NULL, embedder TEXT NOT NULL DEFAULT '', vector BLOB
) WITHOUT ROWID;
"""
BY_USE = """
DROP TABLE IF EXISTS derived;
CREATE TABLE derived (
    event_id TEXT NOT NULL REFERENCES events (id), use TEXT NOT NULL, body TEXT NOT NULL,
    embedder TEXT NOT NULL DEFAULT '', vector BLOB, PRIMARY KEY (event_id, use)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Derived:
    """`vector` is of the question, float32, by the embedder of that name; None: not computed."""

    event_id: str
    body: str
    embedder: str = ""
    vector: bytes | None = None


class DerivedTable:
    """What one part of the program has made of the events of one log, for its own `use`."""

    def __init__(self, database: Database, use: str, statements: StandingStatements) -> None:
        self._database = database
        self._use = use
        self._statements = statements

    def statements(self) -> Sequence[Said]:
        """All that stand, oldest first; the same object while nothing was written."""
        return self._statements.read()

    def read(self) -> dict[str, Derived]:
        """All of it, by event."""
        rows = self._database.rows("SELECT event_id, body, embedder, vector FROM derived WHERE use = ?", self._use)
        return {row[0]: Derived(*row) for row in rows}

    def keep(self, rows: Iterable[Derived], gone: Iterable[str] = ()) -> None:
        """Put `rows` in the place of what is there for their events, and take out those of the events `gone`.

        Of an event that was forgotten meanwhile nothing is kept.
        """
        with self._database.transaction() as sql:
            named = [(event_id, self._use) for event_id in gone]
            sql.executemany("DELETE FROM derived WHERE event_id = ? AND use = ?", named)
            sql.executemany(
                "INSERT OR REPLACE INTO derived (event_id, use, body, embedder, vector)"
                " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM events WHERE id = ? AND payload IS NOT NULL)",
                [(row.event_id, self._use, row.body, row.embedder, row.vector, row.event_id) for row in rows],
            )
