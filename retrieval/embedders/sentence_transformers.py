"""Any sentence-transformers model by its hub id; needs the `models` extra."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ExtraMissing
from ..hub_models import load_from_here_first
from ..types import Vectors
from .base import EmbedderFailed, embeddable

_PROMPTS_FILE = "config_sentence_transformers.json"
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")  # the first of these that a model has, as `encode_document` takes it


class SentenceTransformersEmbedder:
    """`model` is loaded by the first text. Threads may share it.

    `own_prompts`: what the model's own files put before a question and a document is put there.
    """

    def __init__(self, model: str, *, own_prompts: bool = True) -> None:
        self._id = model
        self._prompt = None if own_prompts else ""  # None: the model's own
        self._loading = threading.Lock()
        self._loaded: Any = None
        self._offsets: Any = None  # a tokenizer of its own: one that is being used cannot be told to cut at another length

    @property
    def name(self) -> str:
        prompts = self._own_prompts() if self._prompt is None else {}
        document = next((prompts[name] for name in _DOCUMENT_PROMPTS if name in prompts), "")
        return f"sentence-transformers:{self._id}" + (f" after {document!r}" if document else "")

    @property
    def dimensions(self) -> int:
        return int(self._model().get_sentence_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return int(self._model().max_seq_length or 512)

    def embed_query(self, text: str) -> Vectors:
        row = self._model().encode_query(embeddable(text), prompt=self._prompt, normalize_embeddings=True)
        return np.asarray(row, np.float32)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        coded = [embeddable(text) for text in texts]
        rows = self._model().encode_document(coded, prompt=self._prompt, normalize_embeddings=True)
        return np.asarray(rows, np.float32)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        self._model()
        coded = self._offsets(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        return [(int(start), int(end)) for start, end in coded["offset_mapping"]]

    def _own_prompts(self) -> Mapping[str, str]:
        """As the loaded model has them; before that, as its file here has them. Nothing is loaded or fetched for it."""
        if self._loaded is not None:
            return dict(self._loaded.prompts)
        file = Path(self._id) / _PROMPTS_FILE
        if not file.is_file():
            from huggingface_hub import try_to_load_from_cache
            from huggingface_hub.errors import HFValidationError

            try:
                cached = try_to_load_from_cache(self._id, _PROMPTS_FILE)
            except HFValidationError:  # a path, or no id at all: loading it will say so
                return {}
            if not isinstance(cached, str):
                return {}
            file = Path(cached)
        try:
            prompts = json.loads(file.read_text("utf-8")).get("prompts") or {}
        except (OSError, ValueError, AttributeError):  # loading it will say so
            return {}
        return {str(name): str(prompt) for name, prompt in prompts.items()}

    def _model(self) -> Any:
        with self._loading:
            if self._loaded is None:
                try:
                    from sentence_transformers import SentenceTransformer
                except ImportError as error:
                    raise ExtraMissing(f"The embedder {self._id}", "models") from error
                try:
                    loaded = load_from_here_first(
                        self._id, lambda here: SentenceTransformer(self._id, local_files_only=here)
                    )
                    self._offsets = deepcopy(loaded.tokenizer)
                    self._loaded = loaded
                except Exception as error:  # an edge: hub, torch and file errors alike
                    raise EmbedderFailed(
                        f"The embedder {self._id} could not be loaded: {error}.",
                        hint="Check its name and the network, or name a folder that holds it.",
                    ) from error
        return self._loaded
