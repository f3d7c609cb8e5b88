"""An embedder with a cache: a loop embeds the same documents and questions for each model that it measures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...retrieval import Embedder, Vectors


class CachingEmbedder:
    """`embedder`, called once for each text. Its vectors are kept as long as this is, 4 bytes a dimension."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

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
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self._embedder.embed(new), strict=True))
        return np.array([self._vectors[text] for text in texts], np.float32).reshape(len(texts), self.dimensions)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return self._embedder.token_offsets(text)
