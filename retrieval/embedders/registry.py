"""Embedders by the name that `models.embedder` gives them."""

from __future__ import annotations

from ...config import check_address
from ...errors import ConfigError
from ...models import ModelStore, Progress, embedder_name
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

    `onnx` (the default) · the name of an embedder of the manifest, with or without `onnx:` before it ·
    `sentence-transformers:HUB_ID` · `openai:URL#MODEL` · `hashing` (words only: for tests). A prefix that is None is what is
    known of the model.

    Raises:
        ConfigError: `spec` is none of these, or its address is none.
    """
    kind, _, rest = spec.partition(":")
    url, _, model = rest.partition("#")
    known = known_prefixes(model if kind == "openai" else rest)
    if (named := embedder_name(spec)) is not None and (embedding := models.info(named).embedding) is not None:
        known = Prefixes(embedding.query_prefix, embedding.document_prefix)
    unset = query_prefix is None and document_prefix is None
    prefixes = Prefixes(
        (known or Prefixes()).query if query_prefix is None else query_prefix,
        (known or Prefixes()).document if document_prefix is None else document_prefix,
    )
    embedder: Embedder
    if named is not None:
        embedder = OnnxEmbedder(models, named, announce=announce, progress=progress)
    elif spec == "hashing":
        embedder = HashingEmbedder()
    elif kind == "sentence-transformers" and rest:
        embedder = SentenceTransformersEmbedder(rest, own_prompts=known is None and unset)
    elif kind == "openai" and rest:
        embedder = EndpointEmbedder(_checked(url), model)
    else:
        raise ConfigError(
            f"`models.embedder` = {spec!r} names no embedder.",
            hint="Use onnx, sentence-transformers:HUB_ID or openai:URL#MODEL, or an embedder's name of `ayllu models list`.",
        )
    return embedder if prefixes == Prefixes() else PrefixedEmbedder(embedder, prefixes)


def _checked(url: str) -> str:
    try:
        return check_address(url)
    except ValueError as error:
        raise ConfigError(
            f"`models.embedder` = {url!r} is no address: {error}.", hint="Write it as openai:http://HOST:PORT/v1#MODEL."
        ) from error
