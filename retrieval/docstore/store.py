"""The document store: sources, chunks and their vectors in `library.sqlite`, written and read by name and id.

Methods are safe to call from several threads. That one process at a time writes is the library's to see to.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import NotFound
from ..types import Embedder, Passage, Vectors
from .records import ChunkRecord, SourceInfo, SourceRecord
from .schema import connect, digest


class DocStore:
    """The tables of one library folder. `embedder` is named beside each vector that is written."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Open the file, or make it.

        Raises:
            LibraryNewer, LibraryDamaged: the file is left as it is.
        """
        self.folder = folder
        self.embedder = embedder
        self._guard = threading.RLock()
        self._sql = connect(folder / "library.sqlite")

    def close(self) -> None:
        with self._guard:
            self._sql.close()

    # --- writing ---

    def write_source(self, collection: str, source: SourceRecord, chunks: Sequence[ChunkRecord], vectors: Vectors) -> None:
        """Replace what is known of one source, in one transaction. `vectors` is (n, d), a row for each chunk."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as sql:
            place = self._collection(collection, create=True)
            sql.execute("DELETE FROM sources WHERE collection = ? AND source = ?", (place, source.source))
            row = sql.execute(
                "INSERT INTO sources (collection, source, root, sha256, media_type, text, mtime_ns, size, ingested_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    place,
                    source.source,
                    source.root,
                    source.sha256,
                    source.media_type,
                    source.text,
                    source.mtime_ns,
                    source.size,
                    now,
                ),
            ).lastrowid
            sql.executemany(
                'INSERT INTO chunks (source, collection, text, start, "end", page, embedder, vector, digest)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (row, place, one.text, one.start, one.end, one.page, self.embedder.name, vector, digest(vector))
                    for one, vector in zip(chunks, _blobs(vectors), strict=True)
                ],
            )
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def touch_source(self, collection: str, source: str, mtime_ns: int) -> None:
        """Note that a file has a new time but the same content."""
        with self._transaction() as sql:
            sql.execute(
                "UPDATE sources SET mtime_ns = ? WHERE source = ? AND collection = ?",
                (mtime_ns, source, self._collection(collection)),
            )

    def remove_source(self, collection: str, source: str) -> None:
        """Forget one source with its chunks.

        Raises:
            NotFound: there is none of that name.
        """
        with self._transaction() as sql:
            place = self._collection(collection)
            gone = sql.execute("DELETE FROM sources WHERE collection = ? AND source = ?", (place, source)).rowcount
            if not gone:
                raise NotFound(f"There is no source {source!r}.", hint="`ayllu sources list` shows all.")
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def drop_collection(self, name: str) -> None:
        with self._transaction() as sql:
            place = self._collection(name)
            sql.execute("DELETE FROM sources WHERE collection = ?", (place,))
            sql.execute("UPDATE collections SET generation = generation + 1 WHERE id = ?", (place,))

    def renew_vectors(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Write the vectors, (n, d), that `embedder` made of the chunks of these ids."""
        with self._transaction() as sql:
            sql.executemany(
                "UPDATE chunks SET embedder = ?, vector = ?, digest = ? WHERE id = ?",
                [
                    (self.embedder.name, vector, digest(vector), one)
                    for one, vector in zip(ids, _blobs(vectors), strict=True)
                ],
            )
            sql.execute("UPDATE collections SET generation = generation + 1")

    # --- looking ---

    def sources(self, collection: str | None = None) -> list[SourceInfo]:
        return list(self._infos("WHERE ? IS NULL OR collections.name = ?", (collection, collection)))

    def known_sources(self, collection: str, root: str | None = None) -> dict[str, SourceInfo]:
        """What is known of a collection, by source; with `root`, only what was taken from there."""
        infos = self._infos("WHERE collections.name = ? AND (? IS NULL OR root = ?)", (collection, root, root))
        return {info.source: info for info in infos}

    def source_text(self, source: str, collection: str) -> str:
        rows = self._rows(
            "SELECT text FROM sources WHERE source = ? AND collection = ?", (source, self._collection(collection))
        )
        if not rows:
            raise NotFound(f"There is no source {source!r}.", hint="`ayllu sources list` shows all.")
        return str(rows[0][0])

    def passages(self, scored: Sequence[tuple[int, float, float]]) -> list[Passage]:
        """The chunks of (id, score, cosine), in that order; an id deleted meanwhile is left out."""
        marks = ",".join("?" * len(scored))
        rows = self._rows(
            'SELECT chunks.id, sources.source, chunks.page, chunks.text, chunks.start, chunks."end" FROM chunks'
            f" JOIN sources ON sources.id = chunks.source WHERE chunks.id IN ({marks})",
            tuple(one for one, _, _ in scored),
        )
        known = {int(row[0]): row for row in rows}
        found: list[Passage] = []
        for one, score, cosine in scored:
            if one in known:
                _, source, page, text, start, end = known[one]
                found.append(Passage(str(one), source, page, text, start, end, score, cosine))
        return found

    def count(self, collection: str | None = None) -> int:
        """How many chunks there are."""
        if collection is None:
            return int(self._rows("SELECT count(*) FROM chunks")[0][0])
        return int(self._rows("SELECT count(*) FROM chunks WHERE collection = ?", (self._collection(collection),))[0][0])

    def collections(self) -> list[str]:
        """The names of all collections that hold something."""
        rows = self._rows(
            "SELECT DISTINCT name FROM collections JOIN sources ON sources.collection = collections.id ORDER BY name"
        )
        return [str(row[0]) for row in rows]

    def distinct_ids(self) -> Mapping[str, Sequence[int]]:
        """For each distinct vector the lowest id of its chunks, by the vector store's name of the collection."""
        distinct: dict[str, list[int]] = {_store_name(row[0]): [] for row in self._rows("SELECT id FROM collections")}
        for collection, one in self._rows("SELECT collection, min(id) FROM chunks GROUP BY collection, digest ORDER BY 2"):
            distinct[_store_name(collection)].append(int(one))
        return distinct

    def vectors_of(self, ids: Sequence[int]) -> Vectors:
        marks = ",".join("?" * len(ids))
        rows = dict(self._rows(f"SELECT id, vector FROM chunks WHERE id IN ({marks})", tuple(ids)))
        return np.stack([np.frombuffer(rows[one], np.float32) for one in ids])

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Rows of a reading query, for the room's own modules."""
        return self._rows(query, values)

    def store_name(self, collection: str) -> str:
        """What the vector store calls a collection."""
        return _store_name(self._collection(collection))

    # --- inside ---

    def _collection(self, name: str, create: bool = False) -> int:
        with self._guard:
            if create:
                self._sql.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))
            row = self._sql.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else -1

    def _infos(self, where: str, values: Sequence[Any]) -> Iterator[SourceInfo]:
        rows = self._rows(
            "SELECT sources.source, collections.name, root, (SELECT count(*) FROM chunks WHERE chunks.source = sources.id),"
            " sha256, media_type, ingested_at, mtime_ns, size FROM sources"
            f" JOIN collections ON collections.id = sources.collection {where} ORDER BY sources.source",
            values,
        )
        return (SourceInfo(*row) for row in rows)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._guard:
            return self._sql.execute(query, tuple(values)).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            self._sql.execute("COMMIT")


def _blobs(vectors: Vectors) -> Iterator[bytes]:
    return (vector.tobytes() for vector in np.asarray(vectors, np.float32))


def _store_name(collection: int) -> str:
    return f"collection-{collection}"
