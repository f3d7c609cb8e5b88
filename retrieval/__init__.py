"""Documents in, passages out."""

from .types import Embedder, Found, Passage, SearchMode, Sentence, VectorStore

__all__ = ["Embedder", "Found", "Passage", "SearchMode", "Sentence", "VectorStore"]
