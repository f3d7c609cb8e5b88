"""Which passages fit a question, and which of their sentences are evidence."""

from .coverage import WeighedWord, covered_share, held_share, weigh_words
from .evidence import rank_sentences
from .fusion import fuse_scored
from .joining import join_neighbours
from .names import find_names, names_code, names_number, names_rival
from .reporting import columns_of_period
from .search import Searcher
from .vector_search import VectorSearch

__all__ = [
    "Searcher",
    "VectorSearch",
    "WeighedWord",
    "columns_of_period",
    "covered_share",
    "find_names",
    "fuse_scored",
    "held_share",
    "join_neighbours",
    "names_code",
    "names_number",
    "names_rival",
    "rank_sentences",
    "weigh_words",
]
