"""Documents in, passages out."""

from .chunker import chunk_text
from .embedder import EmbedderFailed, open_embedder
from .errors import LibraryBusy, LibraryDamaged, LibraryNewer
from .ingest import IngestReport
from .keyword import STOP_WORDS
from .library import Library
from .records import ChunkRecord, SourceInfo, SourceRecord
from .sample import SAMPLE_QUESTION, load_sample, sample_documents
from .sentences import split_sentences
from .types import Embedder, Found, Passage, SearchMode, Sentence, Vectors, VectorStore

__all__ = [
    "SAMPLE_QUESTION",
    "STOP_WORDS",
    "ChunkRecord",
    "Embedder",
    "EmbedderFailed",
    "Found",
    "IngestReport",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryNewer",
    "Passage",
    "SearchMode",
    "Sentence",
    "SourceInfo",
    "SourceRecord",
    "VectorStore",
    "Vectors",
    "chunk_text",
    "load_sample",
    "open_embedder",
    "sample_documents",
    "split_sentences",
]
