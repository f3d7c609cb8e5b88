"""Rerankers, one file each, behind one protocol: the first passages of a search read together with the question."""

from .base import Reranker, RerankerFailed
from .registry import open_reranker
from .stage import Reranking

__all__ = ["Reranker", "RerankerFailed", "Reranking", "open_reranker"]
