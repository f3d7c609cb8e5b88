"""What a vector store is: a projection of the library's vectors, which can be thrown away and rebuilt at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from ...errors import AylluError
from ..types import Vectors


@runtime_checkable
class VectorStore(Protocol):
    """Vectors by id, in collections that the library names. One process at a time writes; threads may read beside it.

    A collection that was never written to is an empty one. Where several homes share a store, their names differ.
    """

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None: ...

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Drop these; an id that is not there is no error."""
        ...

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        """The `k` nearest ids with their cosine similarity, best first. `vector` has shape (d,)."""
        ...

    def ids(self, collection: str) -> Sequence[str]:
        """All that a collection holds: what tells what is missing from it."""
        ...

    def count(self, collection: str) -> int: ...

    def reset(self, collection: str) -> None:
        """Drop everything of one collection. Vectors of another length may come next."""
        ...

    def close(self) -> None: ...


class StoreFailed(AylluError):
    """The vector store cannot be opened, read or written; the library is whole and goes on without it."""

    kind = "store_failed"

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(
            f"The vector store `{store}` cannot be used: {reason}.",
            hint="Searches compare every vector meanwhile. Once that is mended, `ayllu sources repair` fills the store.",
        )


@contextmanager
def store_failures(store: str) -> Iterator[None]:
    """An edge: whatever a store raises becomes a `StoreFailed`, also where Chroma's Rust part panics."""
    try:
        yield
    except AylluError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise StoreFailed(store, reason) from error
