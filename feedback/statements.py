"""The statements that stand, read when something was written since: each question looks at them, for several purposes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ..storage import Database

_STANDING = (
    "SELECT events.rowid, standing.event_id, standing.message_id, standing.name, standing.person, standing.value"
    " FROM standing JOIN events ON events.id = standing.event_id ORDER BY events.rowid"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that stands. `at` counts events in the order in which they came; `name` as `Statement.name`."""

    at: int
    event_id: str
    message_id: str
    name: str
    person: str
    value: str  # JSON


class StandingStatements:
    """Of one log, for all who ask. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: tuple[int, int] | None = None
        self._statements: tuple[Said, ...] = ()
        self._lock = threading.Lock()

    def read(self) -> Sequence[Said]:
        """Oldest first; the same object while nothing was written, by this program or by another."""
        with self._lock:
            version = self._database.version()  # before the rows: what is written in between is read the next time
            if version != self._version:
                self._statements = tuple(Said(*row) for row in self._database.rows(_STANDING))
                self._version = version
            return self._statements
