"""Embedders by name: int8 ONNX (the default), any sentence-transformers model, any embeddings endpoint."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import AylluError, ConfigError, ExtraMissing
from ...models import DEFAULT_EMBEDDER, ModelStore, Progress
from ..types import Embedder, Vectors

_BATCH_TOKENS = 4096  # padded tokens in one run: bounds memory and wastes little on padding
_ENDPOINT_BATCH = 64


class EmbedderFailed(AylluError):
    """The embedder could not be loaded or did not answer."""

    kind = "embedder_failed"


def open_embedder(spec: str, models: ModelStore, *, announce: Any = None, progress: Progress | None = None) -> Embedder:
    """The embedder that `spec` names; its model is loaded, or pulled, by the first text.

    `onnx` · `sentence-transformers:HUB_ID` · `openai:URL#MODEL`

    Raises:
        ConfigError: `spec` is none of these.
    """
    kind, _, rest = spec.partition(":")
    if spec == "onnx":
        return OnnxEmbedder(models, announce=announce, progress=progress)
    if kind == "sentence-transformers" and rest:
        return SentenceTransformersEmbedder(rest)
    if kind == "openai" and rest:
        url, _, model = rest.partition("#")
        return EndpointEmbedder(url, model)
    raise ConfigError(
        f"`models.embedder` = {spec!r} names no embedder.",
        hint="Use onnx, sentence-transformers:HUB_ID or openai:URL#MODEL.",
    )


class OnnxEmbedder:
    """all-MiniLM-L6-v2 by ONNX Runtime. Threads may share it."""

    name = f"onnx:{DEFAULT_EMBEDDER}"
    dimensions = 384
    max_tokens = 256

    def __init__(self, models: ModelStore, *, announce: Any = None, progress: Progress | None = None) -> None:
        self._models = models
        self._announce = announce
        self._progress = progress
        self._loading = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None  # cuts at the window
        self._whole: Any = None  # does not

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        if not texts:
            return rows
        session, tokenizer = self._load()
        coded = tokenizer.encode_batch([_embeddable(text) for text in texts])
        order = sorted(range(len(texts)), key=lambda index: len(coded[index].ids))
        for batch in _batches(order, [len(one.ids) for one in coded]):
            longest = len(coded[batch[-1]].ids)
            ids = np.zeros((len(batch), longest), np.int64)
            mask = np.zeros((len(batch), longest), np.int64)
            for row, index in enumerate(batch):
                length = len(coded[index].ids)
                ids[row, :length], mask[row, :length] = coded[index].ids, 1
            rows[batch] = self._run(session, ids, mask)
        return rows

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        self._load()
        return list(self._whole.encode(text, add_special_tokens=False).offsets)

    def _run(self, session: Any, ids: Any, mask: Any) -> Vectors:
        wanted = {one.name for one in session.get_inputs()}
        feed = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in wanted:
            feed["token_type_ids"] = np.zeros_like(ids)
        names = [one.name for one in session.get_outputs()]
        pooled = "sentence_embedding" if "sentence_embedding" in names else names[0]
        out = np.asarray(session.run([pooled], feed)[0], np.float32)
        if out.ndim == 3:  # token states, as the hub's files give them: pool and normalise as the model was trained
            out = (out * mask[:, :, None]).sum(1)
            out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
        return out

    def _load(self) -> tuple[Any, Any]:
        with self._loading:
            if self._session is None:
                os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # its maker's event server was looked up
                import onnxruntime
                from tokenizers import Tokenizer

                folder = self._models.ensure(DEFAULT_EMBEDDER, self._progress, self._announce)
                options = onnxruntime.SessionOptions()
                options.log_severity_level = 3
                options.intra_op_num_threads = os.cpu_count() or 1
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to llama.cpp
                try:
                    self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                    self._whole = Tokenizer.from_file(str(folder / "tokenizer.json"))
                    session = onnxruntime.InferenceSession(
                        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
                    )
                except Exception as error:  # an edge: the runtimes raise bare exceptions
                    raise _unloadable(folder, error) from error
                self._tokenizer.enable_truncation(self.max_tokens)
                self._tokenizer.no_padding()
                self._whole.no_truncation()
                self._whole.no_padding()
                self._session = session
        return self._session, self._tokenizer


class SentenceTransformersEmbedder:
    """Any sentence-transformers model by its hub id; needs the `models` extra."""

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
        rows = self._model().encode([_embeddable(text) for text in texts], normalize_embeddings=True)
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


class EndpointEmbedder:
    """An OpenAI-compatible `/embeddings` endpoint. The token comes from AYLLU_EMBEDDINGS_TOKEN, where it is set."""

    max_tokens = 512

    def __init__(self, url: str, model: str) -> None:
        self.name = f"openai:{url}#{model}"
        self._url = url.rstrip("/") + "/embeddings"
        self._model = model
        self._dimensions: int | None = None

    @property
    def dimensions(self) -> int:
        if self._dimensions is None:
            self._dimensions = self.embed(["dimensions"]).shape[1]
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        parts = [self._ask(texts[at : at + _ENDPOINT_BATCH]) for at in range(0, len(texts), _ENDPOINT_BATCH)]
        rows = np.concatenate(parts)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Words stand for tokens: the server's tokenizer is not known."""
        import re

        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]

    def _ask(self, texts: Sequence[str]) -> Vectors:
        import httpx

        token = os.environ.get("AYLLU_EMBEDDINGS_TOKEN")
        try:
            answer = httpx.post(
                self._url,
                json={"model": self._model, "input": [_embeddable(text) for text in texts]},
                headers={"Authorization": f"Bearer {token}"} if token else {},
                timeout=60.0,
            )
            answer.raise_for_status()
            data = sorted(answer.json()["data"], key=lambda one: int(one["index"]))
            return np.array([one["embedding"] for one in data], np.float32)
        except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise EmbedderFailed(
                f"The embeddings endpoint {self._url} did not answer as it should: {error}.",
                hint="Start it, or check `models.embedder`.",
            ) from error


def _embeddable(text: str) -> str:
    """Lone surrogates cannot be encoded, and nothing beyond the window is read: cut before the tokenizer works for it."""
    return text[:20_000].encode("utf-8", "replace").decode("utf-8")


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Sequence[list[int]]:
    """Runs of `order` (by length, shortest first) of at most `_BATCH_TOKENS` padded tokens."""
    batches: list[list[int]] = []
    for index in order:
        if not batches or (len(batches[-1]) + 1) * lengths[index] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(index)
    return batches


def _unloadable(folder: Path, error: Exception) -> EmbedderFailed:
    return EmbedderFailed(
        f"The embedder in {folder} could not be loaded: {error}.",
        hint=f"Remove that folder and run `ayllu models pull {DEFAULT_EMBEDDER}`.",
    )
