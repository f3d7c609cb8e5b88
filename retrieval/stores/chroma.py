"""Chroma as a projection of the library's vectors: embedded in a folder, or a server by its address."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ...storage import make_private_folder, private_umask, tighten
from ..types import Vectors
from .chroma_library import chroma_settings, load_chroma

_BATCH = 2000  # below Chroma's own limit
_HELLO_S = 5.0
_TIMEOUT_S = 60.0

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
        make_private_folder(folder)
        tighten(folder)  # an earlier version's
        with private_umask():
            return cls(chromadb.PersistentClient(str(folder), settings=chroma_settings()))

    @classmethod
    def server(cls, url: str) -> ChromaStore:
        """A server that says hello in time. Chroma's own client would wait for ever, for this and for each answer."""
        import httpx

        from ...http_clients import past_proxies

        chromadb = load_chroma()
        parts = urlsplit(url)
        host, port = parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 8000)
        address = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        with past_proxies(address):
            httpx.get(f"{address}/api/v2/heartbeat", timeout=_HELLO_S).raise_for_status()
            client = chromadb.HttpClient(host=host, port=port, ssl=parts.scheme == "https", settings=chroma_settings())
        session = getattr(getattr(client, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.timeout = httpx.Timeout(_TIMEOUT_S, connect=_HELLO_S)
        return cls(client)

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        configuration = {"hnsw": _HNSW}
        with private_umask():
            target = self._client.get_or_create_collection(collection, embedding_function=None, configuration=configuration)
            for at in range(0, len(ids), _BATCH):
                target.upsert(ids=list(ids[at : at + _BATCH]), embeddings=vectors[at : at + _BATCH])

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        target = self._collection(collection)
        with private_umask():
            for at in range(0, len(ids) if target is not None else 0, _BATCH):
                target.delete(ids=list(ids[at : at + _BATCH]))

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        target = self._collection(collection)
        if target is None:
            return []
        result = target.query(query_embeddings=vector[None, :], n_results=k, include=["distances"])
        nearest = zip(result["ids"][0], result["distances"][0], strict=True)
        return [(str(chunk), 1.0 - float(distance)) for chunk, distance in nearest]

    def ids(self, collection: str) -> Sequence[str]:
        target = self._collection(collection)
        return [] if target is None else [str(chunk) for chunk in target.get(include=[])["ids"]]

    def count(self, collection: str) -> int:
        target = self._collection(collection)
        return 0 if target is None else int(target.count())

    def reset(self, collection: str) -> None:
        if self._collection(collection) is not None:
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
        """None where there is none of that name: reading makes nothing."""
        from chromadb.errors import NotFoundError

        try:
            return self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return None


if __name__ == "__main__":
    opened = ChromaStore.embedded(Path(sys.argv[1]))
    opened.probe()
    opened.close()
