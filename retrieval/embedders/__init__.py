"""Embedders, one file each, behind one protocol."""

from .base import Embedder, EmbedderFailed, VectorsUnusable
from .caching import CachingEmbedder
from .checked import CheckedEmbedder
from .hashing import HashingEmbedder
from .probing import find_obstacle
from .registry import open_embedder

__all__ = [
    "CachingEmbedder",
    "CheckedEmbedder",
    "Embedder",
    "EmbedderFailed",
    "HashingEmbedder",
    "VectorsUnusable",
    "find_obstacle",
    "open_embedder",
]
