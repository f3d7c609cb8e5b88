"""The chunks' vectors, each with the name of the embedder it is by: vectors of different embedders never mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ...storage import Database
from ..types import Vectors
from .records import indexed_text
from .schema import digest

_BATCH = 1000  # vectors held in memory at once
_BYTES = 4  # a number of a vector
_INDEXED = (
    "chunks.id, sources.title, chunks.heading, chunks.context, chunks.text"
    " FROM chunks JOIN sources ON sources.id = chunks.source"
)


class VectorTable:
    """Vectors of one library, as they are kept in SQLite beside their chunks. Vector stores know collections by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these chunks, (n, d), in that order."""
        rows = self._database.rows(f"SELECT id, vector FROM chunks WHERE id IN ({_marks(ids)})", *ids)
        vectors = dict(rows)
        return np.stack([np.frombuffer(vectors[chunk], np.float32) for chunk in ids])

    def replace(self, ids: Sequence[int], vectors: Vectors, *, embedder: str) -> None:
        """Write anew the vectors, (n, d), of the chunks of these ids. No vector store holds what it should after that."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE chunks SET embedder = ?, vector = ?, digest = ? WHERE id = ?",
                [(embedder, vector, digest(vector), chunk) for chunk, vector in zip(ids, blobs(vectors), strict=True)],
            )
            connection.execute("UPDATE collections SET generation = generation + 1")
            connection.execute("DELETE FROM projections")

    def foreign(self, embedder: str, dimensions: int | None) -> list[tuple[int, str]]:
        """(chunk id, text to embed) of what another one than `embedder` embedded, or itself in another length than now."""
        rows = self._database.rows(
            f"SELECT {_INDEXED} WHERE chunks.embedder <> ?1 OR (?2 IS NOT NULL AND length(vector) <> ?2) ORDER BY chunks.id",
            embedder,
            None if dimensions is None else dimensions * _BYTES,
        )
        return [(chunk, indexed_text(*parts)) for chunk, *parts in rows]

    def count_foreign(self, embedder: str) -> int:
        """How many chunks another one than `embedder` embedded."""
        return int(self._database.rows("SELECT count(*) FROM chunks WHERE embedder <> ?", embedder)[0][0])

    def unusable(self) -> list[tuple[int, str]]:
        """(chunk id, text to embed) of vectors that hold something else than finite numbers, or nothing but zeros."""
        chunks: list[tuple[int, str]] = []
        last = 0
        while rows := self._database.rows(
            f"SELECT vector, {_INDEXED} WHERE chunks.id > ? ORDER BY chunks.id LIMIT ?", last, _BATCH
        ):
            last = rows[-1][1]
            chunks += [(chunk, indexed_text(*parts)) for vector, chunk, *parts in rows if not _is_usable(vector)]
        return chunks

    def spaces(self) -> Mapping[int, str | None]:
        """The embedder of each collection's vectors; None where they are of several, or of several lengths."""
        rows = self._database.rows(
            "SELECT collection, min(embedder), min(embedder) = max(embedder) AND min(length(vector)) = max(length(vector))"
            " FROM chunks GROUP BY collection"
        )
        return {collection: embedder if uniform else None for collection, embedder, uniform in rows}

    def generation(self, collection: str) -> int:
        """A number that grows with every change of the collection; -1 where there is none of that name."""
        rows = self._database.rows("SELECT generation FROM collections WHERE name = ?", collection)
        return int(rows[0][0]) if rows else -1

    def all(self, collection: str, *, embedder: str, dimensions: int) -> tuple[Sequence[int], Vectors]:
        """The ids of a collection's chunks in order, and their vectors, (n, d); what others embedded is left out."""
        rows = self._database.rows(
            "SELECT chunks.id, vector FROM chunks JOIN collections ON collections.id = chunks.collection"
            " WHERE collections.name = ? AND embedder = ? AND length(vector) = ? ORDER BY chunks.id",
            collection,
            embedder,
            dimensions * _BYTES,
        )
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float32).reshape(len(rows), dimensions)
        usable = np.isfinite(vectors).all(axis=1)
        return [int(rows[at][0]) for at in np.flatnonzero(usable)], vectors if usable.all() else vectors[usable]

    def equals(self, ids: Iterable[int]) -> list[tuple[int, int]]:
        """(id, other id) for each chunk, itself among them, that has the vector of one of these, in its collection."""
        ids = list(ids)
        return self._database.rows(
            "SELECT chunk.id, equal.id FROM chunks chunk JOIN chunks equal USING (collection, digest)"
            f" WHERE chunk.id IN ({_marks(ids)})",
            *ids,
        )

    def number(self, collection: str) -> int:
        """-1 where there is no collection of that name."""
        rows = self._database.rows("SELECT id FROM collections WHERE name = ?", collection)
        return int(rows[0][0]) if rows else -1

    def names(self) -> Mapping[int, str]:
        """The name of each collection by its number."""
        return {int(number): str(name) for number, name in self._database.rows("SELECT id, name FROM collections")}

    def distinct_ids(self) -> Mapping[int, Sequence[int]]:
        """For each distinct vector the lowest id of its chunks, by the collection's number."""
        distinct: dict[int, list[int]] = {number: [] for number in self.names()}
        rows = self._database.rows("SELECT collection, min(id) FROM chunks GROUP BY collection, digest ORDER BY 2")
        for collection, chunk in rows:
            distinct[int(collection)].append(int(chunk))
        return distinct

    def count_distinct(self, collection: int) -> int:
        """How many vectors differ in a collection."""
        return int(self._database.rows("SELECT count(DISTINCT digest) FROM chunks WHERE collection = ?", collection)[0][0])


def blobs(vectors: Vectors) -> Iterator[bytes]:
    """Each row as SQLite keeps it."""
    return (vector.tobytes() for vector in np.asarray(vectors, np.float32))


def _is_usable(vector: bytes) -> bool:
    row = np.frombuffer(vector, np.float32)
    return bool(np.isfinite(row).all() and row.any())


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))
