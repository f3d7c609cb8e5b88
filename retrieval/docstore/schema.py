"""The one truth on disk: `library.sqlite`, its tables and its versions.

Sources, chunk text, offsets, vectors and the FTS5 index change in one transaction.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from pathlib import Path

from ...redaction import drop_login, redact
from ...storage import Schema, execute_script
from ..errors import LibraryDamaged, LibraryNewer
from .terms import search_terms, text_digest

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

# Until here every document was read with the first version of its parser. In how many tokens it was cut is not known: the
# default of that time stands there. Chunks without bound were cut from runs without a space, and are to be cut again.
_VERSION_3 = """
ALTER TABLE sources ADD COLUMN volume TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN parser TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN chunk_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN embedder TEXT NOT NULL DEFAULT '';
UPDATE sources SET chunk_tokens = 200, parser = media_type || ' 1',
    embedder = coalesce((SELECT chunks.embedder FROM chunks WHERE chunks.source = sources.id LIMIT 1), '');
UPDATE sources SET parser = '' WHERE id IN (SELECT source FROM chunks WHERE length(text) > 2560);
"""

# What an embedded Chroma of before holds is in step, unless a marker says otherwise.
_VERSION_4 = """
CREATE TABLE projections (
    store TEXT NOT NULL,
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    embedder TEXT NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (store, collection)
) WITHOUT ROWID;
INSERT INTO projections (store, collection, embedder, generation)
    SELECT 'chroma', collections.id, min(embedder), generation FROM collections JOIN chunks ON collection = collections.id
    GROUP BY collections.id HAVING min(embedder) = max(embedder);
"""

# Until here the words of a chunk's text were looked up as they stand. From now on the index holds what `search_terms` makes
# of them, apart from those of the headings above, and the collection as a term of no text. What was read before is read anew
# by the next ingest: its headings are not known. A collection remembers whose vectors it holds, where there were several the
# one of most.
_VERSION_6 = """
ALTER TABLE sources ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sources ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN page_label TEXT;
ALTER TABLE chunks ADD COLUMN line INTEGER;
ALTER TABLE chunks ADD COLUMN heading TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN context TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN weight REAL NOT NULL DEFAULT 1;
ALTER TABLE chunks ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE chunks ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN heading_terms TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN text_digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE chunks ADD COLUMN scope TEXT GENERATED ALWAYS AS ('|' || collection) VIRTUAL;
DROP TRIGGER words_added;
DROP TRIGGER words_removed;
DROP TABLE vocabulary;
DROP TABLE words;
UPDATE chunks SET terms = search_terms(text), text_digest = text_digest(text);
UPDATE sources SET parser = '';
CREATE INDEX chunks_by_text ON chunks (collection, text_digest);
ALTER TABLE collections ADD COLUMN state BLOB NOT NULL DEFAULT x'';
ALTER TABLE collections ADD COLUMN embedder TEXT NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN recipe TEXT NOT NULL DEFAULT '';
UPDATE collections SET state = randomblob(8), embedder = coalesce(
    (SELECT embedder FROM chunks WHERE collection = collections.id GROUP BY embedder ORDER BY count(*) DESC LIMIT 1), '');
CREATE TRIGGER collections_changed AFTER UPDATE OF generation ON collections BEGIN
    UPDATE collections SET state = randomblob(8) WHERE id = new.id;
END;
DROP INDEX chunks_by_vector;
CREATE INDEX chunks_by_vector ON chunks (collection, embedder, digest);
CREATE TABLE coming_vectors (
    chunk INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE, fingerprint TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE VIRTUAL TABLE words USING fts5 (
    terms, heading_terms, scope, content='chunks', content_rowid='id', tokenize="ascii tokenchars '-_.+#/:@&~%=*!$^|'"
);
INSERT INTO words (words) VALUES ('rebuild');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER words_added AFTER INSERT ON chunks BEGIN
    INSERT INTO words (rowid, terms, heading_terms, scope) VALUES (new.id, new.terms, new.heading_terms, new.scope);
END;
CREATE TRIGGER words_removed AFTER DELETE ON chunks BEGIN
    INSERT INTO words (words, rowid, terms, heading_terms, scope)
        VALUES ('delete', old.id, old.terms, old.heading_terms, old.scope);
END;
"""

# From now on it is known by what the server of an address told its state, so that it need not send the same again.
_VERSION_7 = "ALTER TABLE sources ADD COLUMN validators TEXT NOT NULL DEFAULT '';"


def digest(vector: bytes) -> bytes:
    """What tells equal vectors: chunks of one collection that share it are one entry of the vector store."""
    return hashlib.blake2b(vector, digest_size=16).digest()


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _VERSION_1)


def _add_digests(connection: sqlite3.Connection) -> None:
    """From now on the vector store holds each distinct vector once, where it held every chunk."""
    connection.create_function("digest", 1, digest, deterministic=True)
    if (marker := _marker(connection)) is not None and connection.execute("SELECT 1 FROM chunks LIMIT 1").fetchone():
        marker.touch()
    execute_script(connection, _VERSION_2)


def _add_readings(connection: sqlite3.Connection) -> None:
    """From now on a document is read anew where its parser, the size of chunks or the embedder has changed."""
    execute_script(connection, _VERSION_3)


def _note_projections(connection: sqlite3.Connection) -> None:
    """From now on it is noted what a vector store was filled with, and by which name a shared one knows this library."""
    execute_script(connection, _VERSION_4)
    if (marker := _marker(connection)) is not None and marker.exists():
        connection.execute("DELETE FROM projections")
    connection.execute("INSERT INTO meta (key, value) VALUES ('namespace', ?)", (secrets.token_hex(6),))


def _drop_logins(connection: sqlite3.Connection) -> None:
    """From now on an address is known without the login in it; of two that were one, what was read last is kept."""
    connection.execute("PRAGMA secure_delete = ON")
    addresses = "SELECT id, collection, source FROM sources WHERE source LIKE 'http%://%@%'"
    for source, collection, address in connection.execute(addresses).fetchall():
        if (known_as := drop_login(address)) != address:
            same = "SELECT id FROM sources WHERE id = ? OR (collection = ? AND source = ?) ORDER BY ingested_at, id"
            *earlier, kept = (row[0] for row in connection.execute(same, (source, collection, known_as)))
            for other in earlier:
                connection.execute("DELETE FROM chunks WHERE source = ?", (other,))
                connection.execute("DELETE FROM sources WHERE id = ?", (other,))
                connection.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (collection,))
            connection.execute("UPDATE sources SET source = ?1, root = ?1 WHERE id = ?2", (known_as, kept))
    for table in ("chunks", "sources", "projections"):
        for (embedder,) in connection.execute(f"SELECT DISTINCT embedder FROM {table}").fetchall():
            url, mark, model = embedder.partition("#")
            if (known_as := redact(url) + mark + model) != embedder:
                connection.execute(f"UPDATE {table} SET embedder = ? WHERE embedder = ?", (known_as, embedder))


def _index_terms(connection: sqlite3.Connection) -> None:
    """From now on chunks are found by terms of our own making, and stand under their headings."""
    connection.create_function("search_terms", 1, search_terms, deterministic=True)
    connection.create_function("text_digest", 1, text_digest, deterministic=True)
    execute_script(connection, _VERSION_6)


def _add_validators(connection: sqlite3.Connection) -> None:
    execute_script(connection, _VERSION_7)


def _marker(connection: sqlite3.Connection) -> Path | None:
    """None for a library in memory, which has no vector store."""
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    return Path(file).with_name(DIRTY_MARKER) if file else None


# What was ingested can be ingested again: the last commits need not survive a power cut, and no disk is waited for.
SCHEMA = Schema(
    (_make_tables, _add_digests, _add_readings, _note_projections, _drop_logins, _index_terms, _add_validators),
    newer=LibraryNewer,
    damaged=LibraryDamaged,
    synchronous="NORMAL",
)
