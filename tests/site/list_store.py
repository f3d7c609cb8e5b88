"""A vector store of lists, as another package would bring one: what stands in it outlives its object, as on a server."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from ayllu.retrieval.types import Vectors


class ListStore:
    folder: ClassVar[Path | None] = None  # that the last one was opened with
    rows: ClassVar[dict[str, dict[str, Vectors]]] = {}

    def __init__(self, folder: Path) -> None:
        ListStore.folder = folder

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        self.rows.setdefault(collection, {}).update(zip(ids, vectors, strict=True))

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        for chunk in ids:
            self.rows.get(collection, {}).pop(chunk, None)

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        scored = [(chunk, float(row @ vector)) for chunk, row in self.rows.get(collection, {}).items()]
        return sorted(scored, key=lambda item: -item[1])[:k]

    def ids(self, collection: str) -> Sequence[str]:
        return list(self.rows.get(collection, {}))

    def count(self, collection: str) -> int:
        return len(self.rows.get(collection, {}))

    def reset(self, collection: str) -> None:
        self.rows.pop(collection, None)

    def close(self) -> None: ...
