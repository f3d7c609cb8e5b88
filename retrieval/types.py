"""The values retrieval hands out, and its two seams: `Embedder` and `VectorStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class SearchMode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrieved chunk. `text` is `source_text[start:end]`, character for character."""

    chunk_id: str
    source: str  # path or URL, as ingested
    page: int | None  # 1-based, PDF only
    text: str
    start: int
    end: int
    score: float  # the mode's own: RRF, cosine or BM25 (higher is better); compares only within one search
    cosine: float  # question against chunk, -1 to 1; 0 where it was not computed


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, judged against the question. Offsets count in the source's text, as a passage's do."""

    passage: Passage
    text: str
    start: int
    end: int
    score: float  # as evidence: its liking, 0 to 1, but little of it for a heading
    cosine: float  # question against sentence, -1 to 1
    liking: float  # half dense, half keyword, each over its maximum: 0 to 1
    heading: bool


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What one search brought: passages best first, their sentences best first, and how long it took."""

    query: str
    passages: Sequence[Passage]
    sentences: Sequence[Sentence]
    search_s: float
    evidence_s: float


class Embedder(Protocol):
    """Texts in, unit-length float32 rows out."""

    @property
    def name(self) -> str:
        """Identifies the vector space; vectors of different names never mix."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The longest text, in this embedder's tokens, that is seen whole."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed `texts` into an (n, d) array in the same order; n = 0 gives (0, d)."""
        ...

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Character spans of the text's tokens, special tokens left out; used to size chunks."""
        ...


class VectorStore(Protocol):
    """A projection of the library's vectors: it can be deleted and rebuilt at any time. Used by one process for writing."""

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None: ...

    def delete(self, collection: str, ids: Sequence[str]) -> None: ...

    def query(self, collection: str, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        """The `k` nearest ids with their cosine similarity, best first. `vector` has shape (d,)."""
        ...

    def count(self, collection: str) -> int: ...

    def reset(self, collection: str) -> None:
        """Drop everything of one collection."""
        ...

    def close(self) -> None: ...
