"""Embedders, one file each, behind one protocol."""

from .base import Embedder, EmbedderFailed, VectorsUnusable, fingerprint
from .caching import CachingEmbedder
from .checked import CheckedEmbedder
from .cores import WorkStopped, stopped_by, usable_cores
from .hashing import HashingEmbedder
from .probing import find_obstacle
from .recipe import Recipe
from .registry import open_embedder

__all__ = [
    "CachingEmbedder",
    "CheckedEmbedder",
    "Embedder",
    "EmbedderFailed",
    "HashingEmbedder",
    "Recipe",
    "VectorsUnusable",
    "WorkStopped",
    "find_obstacle",
    "fingerprint",
    "open_embedder",
    "stopped_by",
    "usable_cores",
]
