"""What a model was trained to read before a question and before a document: without it, the two do not find each other.

What is before documents changes their vectors, so it is part of the embedder's name; what is before questions is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..types import Vectors
from .base import Embedder
from .delegating import DelegatingEmbedder

_SENTENCE = "Represent this sentence for searching relevant passages: "
_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Text put before each question and each document, as it stands."""

    query: str = ""
    document: str = ""


# As the models' own cards have it; the first that fits a model's name, in lower case, holds.
_KNOWN: Sequence[tuple[str, Prefixes]] = (
    (r"e5-(mistral|small|base|large).*instruct", Prefixes(f"{_TASK} ")),
    (r"\be5-(small|base|large)", Prefixes("query: ", "passage: ")),
    (r"bge-(small|base|large)-zh", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    (r"bge-(small|base|large)", Prefixes(_SENTENCE)),
    (r"nomic-embed-code", Prefixes("Represent this query for searching relevant code: ")),
    (r"nomic-embed|modernbert-embed", Prefixes("search_query: ", "search_document: ")),
    (r"qwen3-embedding", Prefixes(_TASK)),
    (r"gte-qwen2.*instruct", Prefixes(f"{_TASK} ")),
    (r"arctic-embed(2|-[lm]-v2)", Prefixes("query: ")),
    (r"arctic-embed|mxbai-embed-(large|xsmall)|mdbr-leaf-ir", Prefixes(_SENTENCE)),
    (r"embeddinggemma|embedding-gemma", Prefixes("task: search result | query: ", "title: none | text: ")),
)


def known_prefixes(model: str) -> Prefixes | None:
    """What the model of this name wants, whoever serves it; None where nothing is known of it."""
    return next((prefixes for pattern, prefixes in _KNOWN if re.search(pattern, model.lower())), None)


class PrefixedEmbedder(DelegatingEmbedder):
    """`embedder`, which reads `prefixes` before each text."""

    def __init__(self, embedder: Embedder, prefixes: Prefixes) -> None:
        super().__init__(embedder)
        self._prefixes = prefixes

    @property
    def name(self) -> str:
        document = self._prefixes.document
        return f"{self._embedder.name} after {document!r}" if document else self._embedder.name

    @property
    def fingerprint(self) -> str:
        document = self._prefixes.document
        return f"{super().fingerprint} after {document!r}" if document else super().fingerprint

    def embed_query(self, text: str) -> Vectors:
        return self._embedder.embed_query(self._prefixes.query + text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_documents([self._prefixes.document + text for text in texts])
