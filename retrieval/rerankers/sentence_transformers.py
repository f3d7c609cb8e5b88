"""Any cross-encoder of sentence-transformers by its hub id; needs the `models` extra."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from ...errors import ExtraMissing
from ..hub_models import load_from_here_first
from .base import RerankerFailed


class SentenceTransformersReranker:
    """Loaded, or downloaded, by the first question."""

    def __init__(self, model: str) -> None:
        self.name = f"sentence-transformers:{model}"
        self._id = model
        self._lock = threading.Lock()
        self._loaded: Any = None

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        pairs = [(_encodable(query), _encodable(passage)) for passage in passages]
        with self._lock:
            return [float(score) for score in self._model().predict(pairs, show_progress_bar=False)]

    def _model(self) -> Any:
        if self._loaded is None:
            try:
                from sentence_transformers import CrossEncoder
            except ImportError as error:
                raise ExtraMissing(f"The reranker {self._id}", "models") from error
            try:
                self._loaded = load_from_here_first(self._id, lambda here: CrossEncoder(self._id, local_files_only=here))
            except Exception as error:  # an edge: hub, torch and file errors alike
                raise RerankerFailed(
                    f"The reranker {self._id} could not be loaded: {error}.",
                    hint="Check its name and the network, or name a folder that holds it.",
                ) from error
        return self._loaded


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
