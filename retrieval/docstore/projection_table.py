"""What each vector store was last filled with: it answers for a collection only while that is what the library holds."""

from __future__ import annotations

from dataclasses import dataclass

from ...storage import Database


@dataclass(frozen=True, slots=True)
class Filling:
    """The state of a collection that a store holds."""

    embedder: str  # whose vectors they are
    generation: int  # of the collection: see `VectorTable.generation`


class ProjectionTable:
    """Fillings by store and collection. A collection is named by its number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def namespace(self) -> str:
        """What tells this library's collections from those of other homes, where several share a server."""
        return str(self._database.rows("SELECT value FROM meta WHERE key = 'namespace'")[0][0])

    def get(self, store: str, collection: int) -> Filling | None:
        """None where nothing is known of it: whatever the store holds then, it may be of other texts."""
        rows = self._database.rows(
            "SELECT embedder, generation FROM projections WHERE store = ? AND collection = ?", store, collection
        )
        return Filling(*rows[0]) if rows else None

    def note(self, store: str, collection: int, filling: Filling) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO projections (store, collection, embedder, generation) VALUES (?, ?, ?, ?)",
                (store, collection, filling.embedder, filling.generation),
            )

    def forget(self, store: str, collection: int | None = None) -> None:
        """From now on nothing is known of what the store holds, in one collection or in all."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM projections WHERE store = ?1 AND (?2 IS NULL OR collection = ?2)", (store, collection)
            )
