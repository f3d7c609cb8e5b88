"""Embedders, one file each, behind one protocol."""

from .base import Embedder, EmbedderFailed
from .caching import CachingEmbedder
from .hashing import HashingEmbedder
from .registry import open_embedder

__all__ = ["CachingEmbedder", "Embedder", "EmbedderFailed", "HashingEmbedder", "open_embedder"]
