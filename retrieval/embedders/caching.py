"""An embedder that keeps what it embedded: the same questions and sentences come again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from ..types import Vectors
from .base import Embedder
from .delegating import DelegatingEmbedder


class CachingEmbedder(DelegatingEmbedder):
    """`embedder`, which sees each text once. Threads may share it where they may share `embedder`.

    4 bytes a dimension are kept for each text, for the latest `most_texts` of each side (None: for all).
    """

    def __init__(self, embedder: Embedder, most_texts: int | None = None) -> None:
        super().__init__(embedder)
        self._queries = _Rows(most_texts)
        self._documents = _Rows(most_texts)

    def embed_query(self, text: str) -> Vectors:
        return self._queries.fetch([text], lambda texts: [self._embedder.embed_query(text) for text in texts])[0]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = self._documents.fetch(texts, self._embedder.embed_documents)
        return np.array(rows, np.float32).reshape(len(texts), self.dimensions)


class _Rows:
    """Vectors by text, the oldest first. The lock is not held while anything is embedded."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._rows: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def fetch(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Sequence[Vectors] | Vectors]) -> list[Vectors]:
        """The rows of `texts`, in that order; `embed` is called with those that are not kept."""
        with self._lock:
            rows = {text: self._rows[text] for text in texts if text in self._rows}
        missing = [text for text in dict.fromkeys(texts) if text not in rows]
        if missing:
            new = dict(zip(missing, embed(missing), strict=True))
            rows.update(new)
            with self._lock:
                self._rows.update(new)
                while self._most is not None and len(self._rows) > self._most:
                    del self._rows[next(iter(self._rows))]
        return [rows[text] for text in texts]
