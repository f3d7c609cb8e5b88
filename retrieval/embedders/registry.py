"""Embedders by the name that `models.embedder` gives them."""

from __future__ import annotations

from ...config import check_address
from ...errors import ConfigError
from ...models import ModelStore, Progress
from .base import Embedder
from .endpoint import EndpointEmbedder
from .hashing import HashingEmbedder
from .onnx import Announce, OnnxEmbedder
from .prefixes import PrefixedEmbedder, Prefixes, known_prefixes
from .sentence_transformers import SentenceTransformersEmbedder


def open_embedder(
    spec: str,
    models: ModelStore,
    *,
    query_prefix: str | None = None,
    document_prefix: str | None = None,
    announce: Announce | None = None,
    progress: Progress | None = None,
) -> Embedder:
    """The embedder that `spec` names; its model is loaded, or pulled, by the first text.

    `onnx` · `sentence-transformers:HUB_ID` · `openai:URL#MODEL` · `hashing` (words only: for tests). A prefix that is
    None is what is known of the model, by its name.

    Raises:
        ConfigError: `spec` is none of these, or its address is none.
    """
    kind, _, rest = spec.partition(":")
    url, _, model = rest.partition("#")
    known = known_prefixes(model if kind == "openai" else rest)
    unset = query_prefix is None and document_prefix is None
    prefixes = Prefixes(
        (known or Prefixes()).query if query_prefix is None else query_prefix,
        (known or Prefixes()).document if document_prefix is None else document_prefix,
    )
    embedder: Embedder
    if spec == "onnx":
        embedder = OnnxEmbedder(models, announce=announce, progress=progress)
    elif spec == "hashing":
        embedder = HashingEmbedder()
    elif kind == "sentence-transformers" and rest:
        embedder = SentenceTransformersEmbedder(rest, own_prompts=known is None and unset)
    elif kind == "openai" and rest:
        embedder = EndpointEmbedder(_checked(url), model)
    else:
        raise ConfigError(
            f"`models.embedder` = {spec!r} names no embedder.",
            hint="Use onnx, sentence-transformers:HUB_ID or openai:URL#MODEL.",
        )
    return embedder if prefixes == Prefixes() else PrefixedEmbedder(embedder, prefixes)


def _checked(url: str) -> str:
    try:
        return check_address(url)
    except ValueError as error:
        raise ConfigError(
            f"`models.embedder` = {url!r} is no address: {error}.", hint="Write it as openai:http://HOST:PORT/v1#MODEL."
        ) from error
