"""The documents, chunks and vectors as they are kept in SQLite: the truth."""

from .keyword_index import KeywordIndex
from .projection_table import Filling, ProjectionTable
from .records import ChunkRecord, Reading, SourceInfo, SourceRecord
from .schema import DIRTY_MARKER
from .store import DocStore
from .vector_table import VectorTable
from .words import STOP_WORDS, content_words, words
from .writer_lock import Turn, writer_lock

__all__ = [
    "DIRTY_MARKER",
    "STOP_WORDS",
    "ChunkRecord",
    "DocStore",
    "Filling",
    "KeywordIndex",
    "ProjectionTable",
    "Reading",
    "SourceInfo",
    "SourceRecord",
    "Turn",
    "VectorTable",
    "content_words",
    "words",
    "writer_lock",
]
