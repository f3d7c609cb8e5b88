"""The chunks' vectors, each with the name of the embedder it is by: vectors of different embedders never mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ...storage import Database
from ..types import Vectors
from .schema import digest


class VectorTable:
    """Vectors of one library, as they are kept in SQLite beside their chunks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these chunks, (n, d), in that order."""
        rows = self._database.rows(f"SELECT id, vector FROM chunks WHERE id IN ({_marks(ids)})", *ids)
        vectors = dict(rows)
        return np.stack([np.frombuffer(vectors[chunk], np.float32) for chunk in ids])

    def replace(self, ids: Sequence[int], vectors: Vectors, *, embedder: str) -> None:
        """Write anew the vectors, (n, d), of the chunks of these ids."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE chunks SET embedder = ?, vector = ?, digest = ? WHERE id = ?",
                [(embedder, vector, digest(vector), chunk) for chunk, vector in zip(ids, blobs(vectors), strict=True)],
            )
            connection.execute("UPDATE collections SET generation = generation + 1")

    def of_other_embedders(self, embedder: str) -> list[tuple[int, str]]:
        """(chunk id, text) of what another one than `embedder` embedded."""
        return self._database.rows("SELECT id, text FROM chunks WHERE embedder <> ? ORDER BY id", embedder)

    def count_of_other_embedders(self, embedder: str) -> int:
        return int(self._database.rows("SELECT count(*) FROM chunks WHERE embedder <> ?", embedder)[0][0])

    def mixed_collections(self) -> set[str]:
        """Collections, by the vector store's names, of which some chunks are embedded by another embedder than the rest."""
        rows = self._database.rows("SELECT collection FROM chunks GROUP BY collection HAVING min(embedder) <> max(embedder)")
        return {_store_name(int(collection)) for (collection,) in rows}

    def generation(self, collection: str) -> int:
        """A number that grows with every change of the collection; -1 where there is none of that name."""
        rows = self._database.rows("SELECT generation FROM collections WHERE name = ?", collection)
        return int(rows[0][0]) if rows else -1

    def all(self, collection: str, *, embedder: str, dimensions: int) -> tuple[Sequence[int], Vectors]:
        """The ids of a collection's chunks in order, and their vectors, (n, d); what others embedded is left out."""
        rows = self._database.rows(
            "SELECT chunks.id, vector FROM chunks JOIN collections ON collections.id = chunks.collection"
            " WHERE collections.name = ? AND embedder = ? ORDER BY chunks.id",
            collection,
            embedder,
        )
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float32)
        return [int(chunk) for chunk, _ in rows], vectors.reshape(len(rows), dimensions)

    def equals(self, ids: Iterable[int]) -> list[tuple[int, int]]:
        """(id, other id) for each chunk, itself among them, that has the vector of one of these, in its collection."""
        ids = list(ids)
        return self._database.rows(
            "SELECT chunk.id, equal.id FROM chunks chunk JOIN chunks equal USING (collection, digest)"
            f" WHERE chunk.id IN ({_marks(ids)})",
            *ids,
        )

    def store_name(self, collection: str) -> str:
        """What the vector store calls a collection."""
        rows = self._database.rows("SELECT id FROM collections WHERE name = ?", collection)
        return _store_name(int(rows[0][0]) if rows else -1)

    def store_names(self) -> Mapping[str, str]:
        """The name of each collection by what the vector store calls it."""
        return {_store_name(number): str(name) for number, name in self._database.rows("SELECT id, name FROM collections")}

    def distinct_ids(self) -> Mapping[str, Sequence[int]]:
        """For each distinct vector the lowest id of its chunks, by the vector store's name of the collection."""
        distinct: dict[str, list[int]] = {store_name: [] for store_name in self.store_names()}
        rows = self._database.rows("SELECT collection, min(id) FROM chunks GROUP BY collection, digest ORDER BY 2")
        for collection, chunk in rows:
            distinct[_store_name(collection)].append(int(chunk))
        return distinct


def blobs(vectors: Vectors) -> Iterator[bytes]:
    """Each row as SQLite keeps it."""
    return (vector.tobytes() for vector in np.asarray(vectors, np.float32))


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))


def _store_name(collection: int) -> str:
    return f"collection-{collection}"
