"""Any sentence-transformers model by its hub id; needs the `models` extra."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import ExtraMissing
from ..types import Vectors
from .base import EmbedderFailed, embeddable


class SentenceTransformersEmbedder:
    """`model` is loaded by the first text. Threads may share it."""

    def __init__(self, model: str) -> None:
        self.name = f"sentence-transformers:{model}"
        self._id = model
        self._loading = threading.Lock()
        self._loaded: Any = None

    @property
    def dimensions(self) -> int:
        return int(self._model().get_sentence_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return int(self._model().max_seq_length or 512)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        rows = self._model().encode([embeddable(text) for text in texts], normalize_embeddings=True)
        return np.asarray(rows, np.float32)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        coded = self._model().tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        return [(int(start), int(end)) for start, end in coded["offset_mapping"]]

    def _model(self) -> Any:
        with self._loading:
            if self._loaded is None:
                try:
                    from sentence_transformers import SentenceTransformer
                except ImportError as error:
                    raise ExtraMissing(f"The embedder {self.name}", "models") from error
                try:
                    self._loaded = SentenceTransformer(self._id)
                except Exception as error:  # an edge: hub, torch and file errors alike
                    raise EmbedderFailed(
                        f"The embedder {self._id} could not be loaded: {error}.", hint="Check its name and the network."
                    ) from error
        return self._loaded
