"""Which passages fit a question, and which of their sentences are evidence."""

from .coverage import covered_share
from .evidence import rank_sentences
from .search import Searcher
from .vector_search import VectorSearch

__all__ = ["Searcher", "VectorSearch", "covered_share", "rank_sentences"]
