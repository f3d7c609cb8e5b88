"""An open SQLite file that threads share: every call holds its lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from .errors import DatabaseDamaged
from .failures import explain
from .opener import Schema, open_connection, roll_back


class Database:
    """Reads by `rows`, writes inside `transaction`; processes wait for each other's writes.

    Where the disk is full, the file locked, damaged, or not to be read or written, each method raises what `open` does.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path, damaged: type[DatabaseDamaged]) -> None:
        self.file = file
        self._connection = connection
        self._damaged = damaged
        self._lock = threading.RLock()

    @classmethod
    def open(cls, file: Path, schema: Schema) -> Self:
        """Open or make the file.

        Raises:
            DatabaseNewer, DatabaseDamaged, DatabaseUnavailable: as `open_connection` says.
        """
        return cls(open_connection(file, schema), file, schema.damaged)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows that a reading statement gives."""
        with self._lock, self._explaining():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written inside is on disk when this ends without an error, and gone otherwise."""
        with self._lock, self._explaining():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                roll_back(self._connection)
                raise

    def empty_journal(self) -> None:
        """Move the write-ahead log into the file and empty it, so that no deleted page stays in it."""
        with self._lock, self._explaining():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            explained = explain(error, self.file, self._damaged)
            if explained is None:
                raise
            raise explained from error
