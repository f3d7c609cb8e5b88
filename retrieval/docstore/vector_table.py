"""The chunks' vectors, each with the name of the embedder it is by: vectors of different embedders never mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...storage import Database
from ..types import Vectors
from .records import indexed_text
from .schema import digest
from .space_table import Space

_BATCH = 1000  # vectors held in memory at once
_BYTES = 4  # a number of a vector
DIGEST_BYTES = 16
INDEXED = (
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

    def foreign(self, space: Space) -> list[tuple[int, str]]:
        """(chunk id, text to embed) of what another embedder than the collection's embedded, or itself in another length."""
        rows = self._database.rows(
            f"SELECT {INDEXED} WHERE chunks.collection = ?1 AND (chunks.embedder <> ?2 OR length(vector) <> ?3)"
            " ORDER BY chunks.id",
            space.collection,
            space.embedder,
            (self.dimensions(space) or 0) * _BYTES,
        )
        return [(chunk, indexed_text(*parts)) for chunk, *parts in rows]

    def count_foreign(self, collection: str | None = None) -> int:
        """How many chunks another embedder than their collection's embedded, in one collection or in all."""
        return int(
            self._database.rows(
                "SELECT count(*) FROM chunks JOIN collections ON collections.id = chunks.collection"
                " WHERE chunks.embedder <> collections.embedder AND (?1 IS NULL OR name = ?1)",
                collection,
            )[0][0]
        )

    def unusable(self, space: Space) -> list[tuple[int, str]]:
        """(chunk id, text to embed) of a collection's vectors that are none: not finite, or nothing but zeros."""
        chunks: list[tuple[int, str]] = []
        last = 0
        while rows := self._database.rows(
            f"SELECT vector, {INDEXED} WHERE chunks.id > ? AND chunks.collection = ? ORDER BY chunks.id LIMIT ?",
            last,
            space.collection,
            _BATCH,
        ):
            last = rows[-1][1]
            chunks += [(chunk, indexed_text(*parts)) for vector, chunk, *parts in rows if not _is_usable(vector)]
        return chunks

    def generation(self, collection: str) -> int:
        """A number that grows with every change of the collection; -1 where there is none of that name."""
        rows = self._database.rows("SELECT generation FROM collections WHERE name = ?", collection)
        return int(rows[0][0]) if rows else -1

    def entries(self, space: Space) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The ids of a collection's chunks, (n,), in order, and the digests of their vectors, (n, 16) of uint8."""
        rows = self._database.rows(
            "SELECT id, digest FROM chunks WHERE collection = ? AND embedder = ? ORDER BY id",
            space.collection,
            space.embedder,
        )
        digests = np.frombuffer(b"".join(kept for _, kept in rows), np.uint8).reshape(len(rows), DIGEST_BYTES)
        return np.array([chunk for chunk, _ in rows], np.int64), digests

    def usable(self, ids: Sequence[int], dimensions: int) -> Iterator[tuple[list[int], Vectors]]:
        """The vectors of these chunks in batches of (ids, (n, d)), without those of another length or without use."""
        for at in range(0, len(ids), _BATCH):
            batch = ids[at : at + _BATCH]
            rows = self._database.rows(
                f"SELECT id, vector FROM chunks WHERE id IN ({_marks(batch)}) AND length(vector) = ? ORDER BY id",
                *batch,
                dimensions * _BYTES,
            )
            vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float32).reshape(len(rows), dimensions)
            kept = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
            yield [int(rows[at][0]) for at in np.flatnonzero(kept)], vectors[kept]

    def sample(self, space: Space, most: int) -> list[tuple[str, Vectors]]:
        """The texts and vectors, (d,), of some of a collection's chunks."""
        rows = self._database.rows(
            f"SELECT vector, {INDEXED} WHERE chunks.collection = ? AND chunks.embedder = ? ORDER BY chunks.id DESC LIMIT ?",
            space.collection,
            space.embedder,
            most,
        )
        return [(indexed_text(*parts), np.frombuffer(vector, np.float32)) for vector, _, *parts in rows]

    def dimensions(self, space: Space) -> int | None:
        """How long the vector that was written last in a collection is; None where there is none."""
        rows = self._database.rows(
            "SELECT length(vector) FROM chunks WHERE collection = ? AND embedder = ? ORDER BY id DESC LIMIT 1",
            space.collection,
            space.embedder,
        )
        return int(rows[0][0]) // _BYTES if rows else None

    def equals(self, ids: Iterable[int]) -> list[tuple[int, int]]:
        """(id, other id) for each chunk, itself among them, that has the vector of one of these, in its collection."""
        ids = list(ids)
        return self._database.rows(
            "SELECT chunk.id, equal.id FROM chunks chunk JOIN chunks equal USING (collection, embedder, digest)"
            f" WHERE chunk.id IN ({_marks(ids)})",
            *ids,
        )

    def sizes(self) -> Mapping[str, int]:
        """How many chunks each collection holds, by name; one that holds none is left out."""
        rows = self._database.rows(
            "SELECT name, chunks FROM (SELECT collection, count(*) AS chunks FROM chunks GROUP BY collection)"
            " JOIN collections ON collections.id = collection"
        )
        return dict(rows)

    def number(self, collection: str) -> int:
        """-1 where there is no collection of that name."""
        rows = self._database.rows("SELECT id FROM collections WHERE name = ?", collection)
        return int(rows[0][0]) if rows else -1

    def names(self) -> Mapping[int, str]:
        """The name of each collection by its number."""
        return {int(number): str(name) for number, name in self._database.rows("SELECT id, name FROM collections")}

    def distinct_ids(self, space: Space) -> Sequence[int]:
        """For each distinct vector of a collection the lowest id of its chunks."""
        rows = self._database.rows(
            "SELECT min(id) FROM chunks WHERE collection = ? AND embedder = ? GROUP BY digest ORDER BY 1",
            space.collection,
            space.embedder,
        )
        return [int(chunk) for (chunk,) in rows]

    def count_distinct(self, space: Space) -> int:
        """How many vectors differ in a collection."""
        return int(
            self._database.rows(
                "SELECT count(DISTINCT digest) FROM chunks WHERE collection = ? AND embedder = ?",
                space.collection,
                space.embedder,
            )[0][0]
        )


def blobs(vectors: Vectors) -> Iterator[bytes]:
    """Each row as SQLite keeps it."""
    return (vector.tobytes() for vector in np.asarray(vectors, np.float32))


def _is_usable(vector: bytes) -> bool:
    row = np.frombuffer(vector, np.float32)
    return bool(np.isfinite(row).all() and row.any())


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))
