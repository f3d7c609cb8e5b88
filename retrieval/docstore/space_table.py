"""Whose vectors a collection holds: it remembers its embedder, so that no other's ever mix with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...storage import Database

_COLUMNS = "id, generation, state, embedder, fingerprint, recipe"


@dataclass(frozen=True, slots=True)
class Space:
    """The space that the vectors of one collection lie in, and how far the collection has come."""

    collection: int
    generation: int  # grows with every change of the collection
    state: bytes  # another after every change, also where a restored file counts its generations anew
    embedder: str  # the name that the chunks' vectors bear; empty where there never were any
    fingerprint: str  # empty where only the name is known: an earlier version wrote it
    recipe: str  # how to open the embedder again; empty where that is not known


class SpaceTable:
    """Spaces by collection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, collection: str) -> Space | None:
        """None where there is no collection of that name."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM collections WHERE name = ?", collection)
        return Space(*rows[0]) if rows else None

    def all(self) -> Mapping[str, Space]:
        """By the collection's name."""
        rows = self._database.rows(f"SELECT name, {_COLUMNS} FROM collections ORDER BY id")
        return {name: Space(*values) for name, *values in rows}

    def bind(self, collection: str, *, embedder: str, fingerprint: str, recipe: str) -> None:
        """Note whose vectors a collection holds, or is about to hold; the collection is made where it is missing."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (collection,))
            connection.execute(
                "UPDATE collections SET embedder = ?, fingerprint = ?, recipe = ? WHERE name = ?",
                (embedder, fingerprint, recipe, collection),
            )
