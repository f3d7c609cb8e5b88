"""A vector store by name that opens at once: one file of NumPy's for each collection. For tests of whole command lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


class PlainStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.with_name("plain")
        self._folder.mkdir(parents=True, exist_ok=True)

    def upsert(self, collection: str, ids: Sequence[str], vectors: Any) -> None:
        self._write(collection, {**self._read(collection), **dict(zip(ids, np.asarray(vectors), strict=True))})

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        self._write(collection, {name: row for name, row in self._read(collection).items() if name not in set(ids)})

    def query(self, collection: str, vector: Any, k: int) -> Sequence[tuple[str, float]]:
        near = [(name, float(row @ vector)) for name, row in self._read(collection).items()]
        return sorted(near, key=lambda pair: -pair[1])[:k]

    def ids(self, collection: str) -> Sequence[str]:
        return list(self._read(collection))

    def count(self, collection: str) -> int:
        return len(self._read(collection))

    def reset(self, collection: str) -> None:
        self._file(collection).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _file(self, collection: str) -> Path:
        return self._folder / f"{collection}.npz"

    def _read(self, collection: str) -> dict[str, Any]:
        if not self._file(collection).exists():
            return {}
        with np.load(self._file(collection)) as rows:
            return dict(rows)

    def _write(self, collection: str, rows: dict[str, Any]) -> None:
        np.savez(self._file(collection), **rows)
