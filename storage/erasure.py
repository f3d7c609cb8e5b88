"""Taking away for good what a person wants erased: from the file, from its write-ahead log, and from copies beside it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)
_READERS_WAITED_FOR_MS = 300


def empty_journal(connection: sqlite3.Connection, file: Path) -> list[Path]:
    """Move the write-ahead log into the file and empty it, so that no deleted page stays in it.

    While another program reads, that has to wait: returns the files in which what was deleted can still be read.
    """
    waited_for = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout = {_READERS_WAITED_FOR_MS}")
    try:
        busy, pages, moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {waited_for}")
    if not busy:
        return []
    journal = file.with_name(f"{file.name}-wal")
    return [journal] if moved == pages else [file, journal]


def copies(file: Path) -> list[Path]:
    """What migrations have left of earlier versions of `file`."""
    return sorted(file.parent.glob(f"{file.stem}.v*{file.suffix}"))


def erase_in_copies(file: Path, erase: Callable[[sqlite3.Connection], object]) -> list[Path]:
    """Let `erase` delete in each of the `copies` of `file`; returns those in which it could not."""
    untouched: list[Path] = []
    for copy in copies(file):
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                erase(connection)
                untouched += empty_journal(connection, copy)
        except sqlite3.Error as error:
            log.warning("Nothing could be erased in %s: %s", copy, error)
            untouched.append(copy)
    return untouched
