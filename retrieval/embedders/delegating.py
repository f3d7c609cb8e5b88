"""An embedder that asks another: what wraps one overrides only what it changes."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Vectors
from .base import Embedder, fingerprint


class DelegatingEmbedder:
    """Answers as `embedder` does."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._embedder)

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def embed_query(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_documents(texts)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return self._embedder.token_offsets(text)
