"""Documents in, passages out."""

from .docstore.keyword_index import STOP_WORDS
from .docstore.records import ChunkRecord, SourceInfo, SourceRecord
from .documents.chunking import chunk_text
from .documents.ingest import IngestReport
from .documents.sentences import split_sentences
from .embedders.embedder import EmbedderFailed, open_embedder
from .errors import LibraryBusy, LibraryDamaged, LibraryNewer
from .library import Library
from .sample import SAMPLE_COLLECTION, SAMPLE_QUESTION, load_sample, sample_documents
from .types import Embedder, Passage, Retrieved, SearchMode, Sentence, Vectors, VectorStore

__all__ = [
    "SAMPLE_COLLECTION",
    "SAMPLE_QUESTION",
    "STOP_WORDS",
    "ChunkRecord",
    "Embedder",
    "EmbedderFailed",
    "IngestReport",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryNewer",
    "Passage",
    "Retrieved",
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
