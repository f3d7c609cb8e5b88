"""Embedders by the name that `models.embedder` gives them."""

from __future__ import annotations

from ...errors import ConfigError
from ...models import ModelStore, Progress
from .base import Embedder
from .endpoint import EndpointEmbedder
from .hashing import HashingEmbedder
from .onnx import Announce, OnnxEmbedder
from .sentence_transformers import SentenceTransformersEmbedder


def open_embedder(
    spec: str, models: ModelStore, *, announce: Announce | None = None, progress: Progress | None = None
) -> Embedder:
    """The embedder that `spec` names; its model is loaded, or pulled, by the first text.

    `onnx` · `sentence-transformers:HUB_ID` · `openai:URL#MODEL` · `hashing` (words only: for tests)

    Raises:
        ConfigError: `spec` is none of these.
    """
    kind, _, rest = spec.partition(":")
    if spec == "onnx":
        return OnnxEmbedder(models, announce=announce, progress=progress)
    if spec == "hashing":
        return HashingEmbedder()
    if kind == "sentence-transformers" and rest:
        return SentenceTransformersEmbedder(rest)
    if kind == "openai" and rest:
        url, _, model = rest.partition("#")
        return EndpointEmbedder(url, model)
    raise ConfigError(
        f"`models.embedder` = {spec!r} names no embedder.",
        hint="Use onnx, sentence-transformers:HUB_ID or openai:URL#MODEL.",
    )
