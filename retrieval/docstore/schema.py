"""The one truth on disk: `library.sqlite`, its tables and its versions.

Sources, chunk text, offsets, vectors and the FTS5 index change in one transaction.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from ...storage import Schema, execute_script
from ..errors import LibraryDamaged, LibraryNewer

DIRTY_MARKER = "projection.dirty"  # a file beside the library's own that says: the vector store is not in step

_VERSION_1 = """
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
    vector BLOB NOT NULL
);
CREATE INDEX chunks_by_source ON chunks (source);
CREATE INDEX chunks_by_collection ON chunks (collection);
CREATE VIRTUAL TABLE words USING fts5 (text, content='chunks', content_rowid='id', tokenize='porter unicode61');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER words_added AFTER INSERT ON chunks BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER words_removed AFTER DELETE ON chunks BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
END;
"""

_VERSION_2 = """
ALTER TABLE chunks ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE chunks SET digest = digest(vector);
CREATE INDEX chunks_by_vector ON chunks (collection, digest);
DROP INDEX chunks_by_collection;
"""


def digest(vector: bytes) -> bytes:
    """What tells equal vectors: chunks of one collection that share it are one entry of the vector store."""
    return hashlib.blake2b(vector, digest_size=16).digest()


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _VERSION_1)


def _add_digests(connection: sqlite3.Connection) -> None:
    """From now on the vector store holds each distinct vector once, where it held every chunk."""
    connection.create_function("digest", 1, digest, deterministic=True)
    if connection.execute("SELECT 1 FROM chunks LIMIT 1").fetchone():
        _file_of(connection).with_name(DIRTY_MARKER).touch()
    execute_script(connection, _VERSION_2)


def _file_of(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


# What was ingested can be ingested again: the last commits need not survive a power cut, and no disk is waited for.
SCHEMA = Schema((_make_tables, _add_digests), newer=LibraryNewer, damaged=LibraryDamaged, synchronous="NORMAL")
