"""An embedder that keeps what it embedded: the same questions and sentences come again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Vectors
from .base import Embedder


class CachingEmbedder:
    """`embedder`, which sees each text once. Threads may share it where they may share `embedder`.

    4 bytes a dimension are kept for each text, until there are more than `most_texts` (None: as long as this lives).
    """

    def __init__(self, embedder: Embedder, most_texts: int | None = None) -> None:
        self._embedder = embedder
        self._most_texts = most_texts
        self._rows: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = self._rows
        new = [text for text in dict.fromkeys(texts) if text not in rows]
        if new and self._most_texts is not None and len(rows) > self._most_texts:
            rows = self._rows = {}  # never emptied: another thread may be reading the old ones
            new = list(dict.fromkeys(texts))
        if new:
            rows.update(zip(new, self._embedder.embed(new), strict=True))
        return np.array([rows[text] for text in texts], np.float32).reshape(len(texts), self.dimensions)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return self._embedder.token_offsets(text)
