"""An open SQLite file that threads share: every call holds its lock."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from .compacting import give_back
from .erasure import empty_journal, erase_in_copies
from .errors import DatabaseDamaged
from .failures import explain
from .opener import Schema, open_connection, open_in_memory, roll_back

log = logging.getLogger(__name__)


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
        connection = open_connection(file, schema)
        if schema.secure_delete:
            with contextlib.suppress(sqlite3.Error):  # what cannot be written to is read all the same
                empty_journal(connection, file)  # of what was erased while another program read
        return cls(connection, file, schema.damaged)

    @classmethod
    def in_memory(cls, schema: Schema) -> Self:
        """What is gone when the program ends."""
        return cls(open_in_memory(schema), Path(":memory:"), schema.damaged)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows that a reading statement gives."""
        with self._lock, self._explaining():
            return self._connection.execute(query, values).fetchall()

    def version(self) -> tuple[int, int]:
        """Another one after every write, of this program or of another: what was read under one version stands under it."""
        with self._lock, self._explaining():
            (others,) = self._connection.execute("PRAGMA data_version").fetchone()
            return others, self._connection.total_changes

    def rows_by_key(self, query: str, keys: Iterable[int]) -> list[Any]:
        """The rows that a statement gives for each key; what stands on a damaged page is left out, and the log says so."""
        rows: list[Any] = []
        for key in keys:
            try:
                rows += self.rows(query, key)
            except DatabaseDamaged as error:
                log.warning("%s Row %d is left out.", error.message, key)
        return rows

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

    def empty_journal(self) -> list[Path]:
        """Let no deleted page stay in the write-ahead log; returns the files where it does, while another program reads."""
        with self._lock, self._explaining():
            return empty_journal(self._connection, self.file)

    def give_back(self) -> int:
        """Shorten the file where much of it is free; returns by how many bytes."""
        with self._lock, self._explaining():
            return give_back(self._connection, self.file)

    def erase(
        self, erase: Callable[[sqlite3.Connection], object], in_copies: Callable[[sqlite3.Connection], object]
    ) -> list[Path]:
        """Let `erase` delete, in a transaction, and `in_copies` in what migrations have left of earlier versions.

        Returns the files in which it can still be read, because another program uses them; they are emptied when the file is
        next opened after that.
        """
        with self.transaction() as sql:
            erase(sql)
        return erase_in_copies(self.file, in_copies) + self.empty_journal()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            explained = explain(error, self.file, self._damaged)
            if explained is None:
                raise
            raise explained from error
