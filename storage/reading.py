"""A file that can be read and not written, as on a drive that is mounted read-only."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def decode(text: bytes) -> str:
    """A damaged character costs itself, and not the statement that meets it."""
    return text.decode("utf-8", "replace")


def open_for_reading(file: Path) -> sqlite3.Connection:
    """A connection that sees all that was committed, and cannot change it.

    SQLite reads a file in WAL mode only with a journal beside it, which cannot be made here. Without one, the file by itself
    is all there is; one that somebody left is taken into a copy in memory.

    Raises:
        sqlite3.Error, OSError: it cannot be read either.
    """
    journal = file.with_name(f"{file.name}-wal")
    if journal.exists() and journal.stat().st_size:
        return _copy_into_memory(file, journal)
    connection = _connect(f"file:{quote(str(file))}?immutable=1")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def find_damage(file: Path) -> str | None:
    """What SQLite finds wrong with a file, page by page; None where it is sound. The file is not changed.

    Raises:
        sqlite3.Error, OSError: it cannot be read.
    """
    try:
        connection = _connect(f"file:{quote(str(file))}?mode=ro")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        connection = open_for_reading(file)
    with closing(connection):
        verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if verdict == "ok" else verdict


def copy_into_memory(source: sqlite3.Connection) -> sqlite3.Connection:
    """The same content in memory, where it can be changed; `source` is closed."""
    memory = _connect(":memory:")
    with closing(source):
        source.backup(memory)
    return memory


def _copy_into_memory(file: Path, journal: Path) -> sqlite3.Connection:
    with tempfile.TemporaryDirectory(prefix="ayllu-") as folder:  # for this person alone
        for part in (file, journal):
            shutil.copyfile(part, Path(folder) / part.name)
        return copy_into_memory(sqlite3.connect(Path(folder) / file.name))


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, uri=name.startswith("file:"), check_same_thread=False, isolation_level=None)
    connection.text_factory = decode
    return connection
