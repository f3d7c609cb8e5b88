"""Documents in, passages out."""

from typing import TYPE_CHECKING

from ..deferred import deferred

if TYPE_CHECKING:
    from .docstore import (
        DIRTY_MARKER,
        HEADING_SEPARATOR,
        SCHEMA,
        STOP_WORDS,
        SourceInfo,
        Turn,
        detect_language,
        search_terms,
        stop_words,
        writer_lock,
    )
    from .documents import (
        Action,
        Bounds,
        Document,
        IngestOptions,
        IngestReport,
        Parsed,
        Planned,
        bounds_with,
        lies_below,
        split_sentences,
        totals,
        watch,
    )
    from .embedders import CachingEmbedder, Embedder, EmbedderFailed, HashingEmbedder, Recipe, open_embedder
    from .errors import EmbedderChanged, LibraryBusy, LibraryDamaged, LibraryNewer, StoppedWaiting
    from .library import Library
    from .ranking import WeighedWord, columns_of_period, find_names, held_share, names_code, names_number, names_rival
    from .reembedding import ReembedReport
    from .requests import Filters, Pin, SearchRequest
    from .rerankers import Reranker, RerankerFailed, Reranking, open_reranker
    from .sample import SAMPLE_COLLECTION, SAMPLE_QUESTION, load_sample, sample_documents
    from .stores import VectorStore
    from .types import Explained, Passage, Place, Placing, Retrieved, SearchMode, Sentence, Vectors
else:
    __getattr__ = deferred(
        __name__,
        {
            "docstore": [
                *("DIRTY_MARKER", "HEADING_SEPARATOR", "SCHEMA", "STOP_WORDS", "SourceInfo", "Turn"),
                *("detect_language", "search_terms", "stop_words", "writer_lock"),
            ],
            "documents": [
                *("Action", "Bounds", "Document", "IngestOptions", "IngestReport", "Parsed", "Planned"),
                *("bounds_with", "lies_below", "split_sentences", "totals", "watch"),
            ],
            "embedders": ["CachingEmbedder", "Embedder", "EmbedderFailed", "HashingEmbedder", "Recipe", "open_embedder"],
            "errors": ["EmbedderChanged", "LibraryBusy", "LibraryDamaged", "LibraryNewer", "StoppedWaiting"],
            "library": ["Library"],
            "ranking": [
                *("WeighedWord", "columns_of_period", "find_names", "held_share", "names_code", "names_number"),
                "names_rival",
            ],
            "reembedding": ["ReembedReport"],
            "requests": ["Filters", "Pin", "SearchRequest"],
            "rerankers": ["Reranker", "RerankerFailed", "Reranking", "open_reranker"],
            "sample": ["SAMPLE_COLLECTION", "SAMPLE_QUESTION", "load_sample", "sample_documents"],
            "stores": ["VectorStore"],
            "types": ["Explained", "Passage", "Place", "Placing", "Retrieved", "SearchMode", "Sentence", "Vectors"],
        },
    )

__all__ = [
    "DIRTY_MARKER",
    "HEADING_SEPARATOR",
    "SAMPLE_COLLECTION",
    "SAMPLE_QUESTION",
    "SCHEMA",
    "STOP_WORDS",
    "Action",
    "Bounds",
    "CachingEmbedder",
    "Document",
    "Embedder",
    "EmbedderChanged",
    "EmbedderFailed",
    "Explained",
    "Filters",
    "HashingEmbedder",
    "IngestOptions",
    "IngestReport",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryNewer",
    "Parsed",
    "Passage",
    "Pin",
    "Place",
    "Placing",
    "Planned",
    "Recipe",
    "ReembedReport",
    "Reranker",
    "RerankerFailed",
    "Reranking",
    "Retrieved",
    "SearchMode",
    "SearchRequest",
    "Sentence",
    "SourceInfo",
    "StoppedWaiting",
    "Turn",
    "VectorStore",
    "Vectors",
    "WeighedWord",
    "bounds_with",
    "columns_of_period",
    "detect_language",
    "find_names",
    "held_share",
    "lies_below",
    "load_sample",
    "names_code",
    "names_number",
    "names_rival",
    "open_embedder",
    "open_reranker",
    "sample_documents",
    "search_terms",
    "split_sentences",
    "stop_words",
    "totals",
    "watch",
    "writer_lock",
]
