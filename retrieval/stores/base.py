"""What a vector store is: a projection of the library's vectors, which can be thrown away and rebuilt at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ..types import Vectors


class VectorStore(Protocol):
    """Vectors by id, in collections that the library names. One process at a time writes; threads may read beside it."""

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None: ...

    def delete(self, collection: str, ids: Sequence[str]) -> None: ...

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        """The `k` nearest ids with their cosine similarity, best first. `vector` has shape (d,)."""
        ...

    def count(self, collection: str) -> int: ...

    def reset(self, collection: str) -> None:
        """Drop everything of one collection."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class ListsIds(Protocol):
    """A store that can say what it holds is brought up to date; another one is emptied and filled anew."""

    def ids(self, collection: str) -> Sequence[str]: ...
