"""Chroma as a projection of the library's vectors: embedded in a folder, or a server by its address."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ..types import Vectors
from .chroma_library import chroma_settings, load_chroma

_BATCH = 2000  # below Chroma's own limit

# Chroma's own 100, 16 and 100 lose chunks among many alike (page footers): 35 of 800 in a bad case, 8 with these.
_HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200}


class ChromaStore:
    """Collections are named by the library's ids, which always fit Chroma's rules."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @classmethod
    def embedded(cls, folder: Path) -> ChromaStore:
        """Open or make a folder. A torn one can kill the process: look with `chroma_probe` first."""
        chromadb = load_chroma()
        folder.mkdir(parents=True, exist_ok=True)
        return cls(chromadb.PersistentClient(str(folder), settings=chroma_settings()))

    @classmethod
    def server(cls, url: str) -> ChromaStore:
        chromadb = load_chroma()
        parts = urlsplit(url)
        return cls(
            chromadb.HttpClient(
                host=parts.hostname or "127.0.0.1",
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                settings=chroma_settings(),
            )
        )

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        target = self._collection(collection)
        for at in range(0, len(ids), _BATCH):
            target.upsert(ids=list(ids[at : at + _BATCH]), embeddings=vectors[at : at + _BATCH])

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        target = self._collection(collection)
        for at in range(0, len(ids), _BATCH):
            target.delete(ids=list(ids[at : at + _BATCH]))

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        target = self._collection(collection)
        result = target.query(query_embeddings=vector[None, :], n_results=k, include=["distances"])
        nearest = zip(result["ids"][0], result["distances"][0], strict=True)
        return [(str(chunk), 1.0 - float(distance)) for chunk, distance in nearest]

    def ids(self, collection: str) -> Sequence[str]:
        return [str(chunk) for chunk in self._collection(collection).get(include=[])["ids"]]

    def count(self, collection: str) -> int:
        return int(self._collection(collection).count())

    def reset(self, collection: str) -> None:
        if collection in {str(existing.name) for existing in self._client.list_collections()}:
            self._client.delete_collection(collection)

    def close(self) -> None:
        close = getattr(self._client, "close", None)
        if close is not None:
            close()

    def probe(self) -> None:
        """Touch everything a torn folder dies of: list, count, read back, and query each collection."""
        for collection in self._client.list_collections():
            sample = collection.get(limit=1, include=["embeddings"])
            if len(sample["ids"]):
                self.query(str(collection.name), np.asarray(sample["embeddings"][0], np.float32), 3)
                self.ids(str(collection.name))

    def _collection(self, name: str) -> Any:
        return self._client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})


if __name__ == "__main__":
    opened = ChromaStore.embedded(Path(sys.argv[1]))
    opened.probe()
    opened.close()
