"""An open SQLite file that threads share: every call holds its lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from .opener import Schema, open_connection


class Database:
    """Reads by `rows`, writes inside `transaction`; processes wait for each other's writes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, file: Path, schema: Schema) -> Self:
        """Open or make the file.

        Raises:
            DatabaseNewer, DatabaseDamaged, DatabaseUnavailable: as `open_connection` says.
        """
        return cls(open_connection(file, schema))

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows that a reading statement gives."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written inside is on disk when this ends without an error, and gone otherwise."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def empty_journal(self) -> None:
        """Move the write-ahead log into the file and empty it, so that no deleted page stays in it."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
