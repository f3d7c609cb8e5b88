"""The documents, chunks and vectors as they are kept in SQLite: the truth."""

from .candidates import Candidate, Candidates
from .coming_vectors import ComingVectors
from .identifiers import find_dates, find_days_of_months, is_month
from .keyword_index import KeywordIndex
from .languages import detect_language, question_language, stop_words
from .projection_table import Filling, ProjectionTable
from .records import HEADING_SEPARATOR, ChunkRecord, Moved, Reading, SourceInfo, SourceRecord, indexed_text
from .schema import DIRTY_MARKER, SCHEMA
from .space_table import Space, SpaceTable
from .store import DocStore
from .terms import normalise, search_terms
from .vector_table import DIGEST_BYTES, VectorTable
from .words import STOP_WORDS, content_words, words
from .writer_lock import Turn, writer_lock

__all__ = [
    "DIGEST_BYTES",
    "DIRTY_MARKER",
    "HEADING_SEPARATOR",
    "SCHEMA",
    "STOP_WORDS",
    "Candidate",
    "Candidates",
    "ChunkRecord",
    "ComingVectors",
    "DocStore",
    "Filling",
    "KeywordIndex",
    "Moved",
    "ProjectionTable",
    "Reading",
    "SourceInfo",
    "SourceRecord",
    "Space",
    "SpaceTable",
    "Turn",
    "VectorTable",
    "content_words",
    "detect_language",
    "find_dates",
    "find_days_of_months",
    "indexed_text",
    "is_month",
    "normalise",
    "question_language",
    "search_terms",
    "stop_words",
    "words",
    "writer_lock",
]
