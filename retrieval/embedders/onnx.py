"""Embedders of the manifest by ONNX Runtime, which needs no torch; the default is all-MiniLM-L6-v2 in int8."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import NotFound
from ...models import DEFAULT_EMBEDDER, ModelStore, Progress
from ..types import Vectors
from .base import EmbedderFailed, embeddable
from .cores import run_on_all_cores

_FILE = "model.onnx"
Announce = Callable[[str], None]


class OnnxEmbedder:
    """Loaded, or pulled, by the first text. Threads may share it."""

    def __init__(
        self,
        models: ModelStore,
        model: str = DEFAULT_EMBEDDER,
        *,
        announce: Announce | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`model` is an embedder's name in the manifest.

        Raises:
            NotFound: there is none of that name.
        """
        known = models.info(model)
        if known.embedding is None:
            raise NotFound(f"The model {model} is no embedder.", hint="`ayllu models list` shows those there are.")
        self.name = f"onnx:{model}"
        self.dimensions = known.embedding.dimensions
        self.max_tokens = known.context
        self._model = model
        self._pooling = known.embedding.pooling
        self._models = models
        self._announce = announce
        self._progress = progress
        self._loading = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None  # cuts at the window
        self._untruncated: Any = None  # the same tokenizer, which does not

    @property
    def fingerprint(self) -> str:
        """With the digest of the file, once it is here."""
        digest = self._models.digests(self._model).get(_FILE, "")
        return f"{self.name} {self._pooling} {digest[:16]}".rstrip()

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_documents([text])[0]
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        if not texts:
            return rows
        session, tokenizer = self._load()
        coded = tokenizer.encode_batch([embeddable(text) for text in texts])

        def embed(index: int) -> None:
            rows[index] = self._run(session, coded[index].ids)

        longest_first = sorted(range(len(texts)), key=lambda index: len(coded[index].ids), reverse=True)
        run_on_all_cores(embed, longest_first)
        return rows

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        self._load()
        return list(self._untruncated.encode(text, add_special_tokens=False).offsets)

    def _run(self, session: Any, tokens: Sequence[int]) -> Vectors:
        """Embed one text: int8 activations are scaled by all that is in a run, and a vector would vary with its neighbours.

        With a thread a core it is as fast: nothing is padded.
        """
        ids = np.array([tokens], np.int64)
        inputs = {node.name for node in session.get_inputs()}
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        if "token_type_ids" in inputs:
            feed["token_type_ids"] = np.zeros_like(ids)
        names = [node.name for node in session.get_outputs()]
        pooled = "sentence_embedding" if "sentence_embedding" in names else names[0]
        out: Vectors = np.asarray(session.run([pooled], feed)[0], np.float32)[0]
        if out.ndim == 2:  # token states, as the hub's files give them: pooled as the model was trained
            out = out[0] if self._pooling == "cls" else out.mean(0)
        if out.shape != (self.dimensions,):
            raise EmbedderFailed(
                f"The embedder {self._model} gives {out.shape[-1]} numbers a text, where {self.dimensions} were expected.",
                hint=f"Its file is another one than the manifest means: `ayllu models pull {self._model}`.",
            )
        return out / max(float(np.linalg.norm(out)), 1e-12)

    def _load(self) -> tuple[Any, Any]:
        with self._loading:
            if self._session is None:
                os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # its maker's event server was looked up
                import onnxruntime
                from tokenizers import Tokenizer

                folder = self._models.ensure(self._model, self._progress, self._announce)
                options = onnxruntime.SessionOptions()
                options.log_severity_level = 3
                options.intra_op_num_threads = 1  # each text is a run, and there are as many at a time as cores
                try:
                    self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                    self._untruncated = Tokenizer.from_file(str(folder / "tokenizer.json"))
                    session = onnxruntime.InferenceSession(str(folder / _FILE), options, providers=["CPUExecutionProvider"])
                except Exception as error:  # an edge: the runtimes raise bare exceptions
                    raise _unloadable(folder, self._model, error) from error
                for tokenizer in (self._tokenizer, self._untruncated):
                    tokenizer.encode_special_tokens = True  # `[SEP]` written in a document is text
                self._tokenizer.enable_truncation(self.max_tokens)
                self._tokenizer.no_padding()
                self._untruncated.no_truncation()
                self._untruncated.no_padding()
                self._session = session
        return self._session, self._tokenizer


def _unloadable(folder: Path, model: str, error: Exception) -> EmbedderFailed:
    return EmbedderFailed(
        f"The embedder in {folder} could not be loaded: {error}.",
        hint=f"Remove that folder and run `ayllu models pull {model}`.",
    )
