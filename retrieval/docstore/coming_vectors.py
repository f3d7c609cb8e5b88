"""Vectors by the embedder that a collection is changing to: kept beside those in use until every chunk has one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...storage import Database
from ..types import Vectors
from .records import indexed_text
from .schema import digest
from .space_table import Space
from .vector_table import INDEXED, blobs

_LACKING = "LEFT JOIN coming_vectors coming ON coming.chunk = chunks.id AND coming.fingerprint = ?"


class ComingVectors:
    """By chunk. A chunk that is removed takes its coming vector along; one that is added lacks it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lacking(self, space: Space, fingerprint: str, most: int, *, after: int = 0) -> list[tuple[int, str]]:
        """(chunk id, text to embed) of the first chunks beyond the id `after` that have no coming vector."""
        rows = self._database.rows(
            f"SELECT {INDEXED} {_LACKING} WHERE chunks.collection = ? AND chunks.id > ? AND coming.chunk IS NULL"
            " ORDER BY chunks.id LIMIT ?",
            fingerprint,
            space.collection,
            after,
            most,
        )
        return [(chunk, indexed_text(*parts)) for chunk, *parts in rows]

    def count(self, space: Space) -> int:
        """How many of the collection's chunks have a coming vector, by whichever embedder."""
        return int(
            self._database.rows(
                "SELECT count(*) FROM coming_vectors JOIN chunks ON chunks.id = chunk WHERE collection = ?", space.collection
            )[0][0]
        )

    def add(self, ids: Sequence[int], vectors: Vectors, fingerprint: str) -> None:
        """Keep the vectors, (n, d), of those of these chunks that are still there."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO coming_vectors (chunk, fingerprint, vector)"
                " SELECT id, ?, ? FROM chunks WHERE id = ?",
                [(fingerprint, vector, chunk) for chunk, vector in zip(ids, blobs(vectors), strict=True)],
            )

    def switch(self, space: Space, *, embedder: str, fingerprint: str, recipe: str, without: Iterable[int] = ()) -> bool:
        """Put the coming vectors in the place of the old ones, in one transaction; False where a chunk lacks one by now.

        `without`: chunks that the embedder refused. They keep the old vector, which no search compares any more.
        """
        refused = set(without)
        with self._database.transaction() as connection:
            lacking = connection.execute(
                f"SELECT chunks.id FROM chunks {_LACKING} WHERE chunks.collection = ? AND coming.chunk IS NULL",
                (fingerprint, space.collection),
            )
            if any(chunk not in refused for (chunk,) in lacking):
                return False
            connection.create_function("digest", 1, digest, deterministic=True)
            connection.execute(
                "UPDATE chunks SET embedder = ?1, vector = coming.vector, digest = digest(coming.vector)"
                " FROM coming_vectors coming WHERE coming.chunk = chunks.id AND coming.fingerprint = ?2"
                " AND chunks.collection = ?3",
                (embedder, fingerprint, space.collection),
            )
            # what was cut by the old one's tokens stays as it is cut: it is not to be read anew for that
            connection.execute("UPDATE sources SET embedder = ? WHERE collection = ?", (embedder, space.collection))
            connection.execute(
                "UPDATE collections SET embedder = ?, fingerprint = ?, recipe = ?, generation = generation + 1 WHERE id = ?",
                (embedder, fingerprint, recipe, space.collection),
            )
            connection.execute("DELETE FROM projections WHERE collection = ?", (space.collection,))
            _drop(connection, space)
        return True

    def drop(self, space: Space) -> None:
        """Give up what was embedded for a change."""
        with self._database.transaction() as connection:
            _drop(connection, space)


def _drop(connection: object, space: Space) -> None:
    connection.execute(  # type: ignore[attr-defined]
        "DELETE FROM coming_vectors WHERE chunk IN (SELECT id FROM chunks WHERE collection = ?)", (space.collection,)
    )
