"""The one truth on disk: `library.sqlite`, its tables and its version.

Sources, chunk text, offsets, vectors and the FTS5 index change in one transaction. WAL lets readers go on beside a writer.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from ..errors import LibraryDamaged, LibraryNewer

VERSION = 2
DIRTY = "projection.dirty"  # the marker beside the library's file that says: the vector store is not in step
_BUSY_MS = 10_000

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE collections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL DEFAULT 0);
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    root TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    text TEXT NOT NULL,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    ingested_at TEXT NOT NULL,
    UNIQUE (collection, source)
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    collection INTEGER NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    page INTEGER,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    digest BLOB NOT NULL
);
CREATE INDEX chunks_by_source ON chunks (source);
CREATE INDEX chunks_by_vector ON chunks (collection, digest);
CREATE VIRTUAL TABLE words USING fts5 (text, content='chunks', content_rowid='id', tokenize='porter unicode61');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER words_added AFTER INSERT ON chunks BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER words_removed AFTER DELETE ON chunks BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
END;
"""

# Version 1 had no digests, and its vector store held every chunk.
_FROM_1 = """
ALTER TABLE chunks ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE chunks SET digest = digest(vector);
CREATE INDEX chunks_by_vector ON chunks (collection, digest);
DROP INDEX chunks_by_collection;
"""


def digest(vector: bytes) -> bytes:
    """What tells equal vectors: chunks of one collection that share it are one entry of the vector store."""
    return hashlib.blake2b(vector, digest_size=16).digest()


def connect(file: Path) -> sqlite3.Connection:
    """Open the library's file, made or migrated where needed; shared by threads under the caller's lock.

    Raises:
        LibraryNewer: a later version wrote it; it is left as it is.
        LibraryDamaged: SQLite cannot read it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, file)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LibraryDamaged(file, str(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, file: Path) -> None:
    found = _version(connection)
    if found > VERSION:
        raise LibraryNewer(file, found, VERSION)
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")  # two processes may open a new library at once
    try:
        if (found := _version(connection)) == 0:
            for statement in _statements(_TABLES):
                connection.execute(statement)
        elif found < VERSION:
            _copy(file, file.with_suffix(f".v{found}.sqlite"))
            connection.create_function("digest", 1, digest, deterministic=True)
            for statement in _statements(_FROM_1):
                connection.execute(statement)
            file.with_name(DIRTY).touch()
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _copy(file: Path, copy: Path) -> None:
    """A whole copy of the file as it was committed, its write-ahead log included."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    statements, pending = [], ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
