"""Documents: walked, read, parsed, cut into chunks and added."""

from .adding import CHUNK_TOKENS, Adder, Document
from .chunking import cut_chunks
from .ingest import MAX_FILE_BYTES, IngestReport, Progress, ingest
from .parsers import Parsed, Unreadable, parse
from .sentences import split_sentences
from .watching import watch

__all__ = [
    "CHUNK_TOKENS",
    "MAX_FILE_BYTES",
    "Adder",
    "Document",
    "IngestReport",
    "Parsed",
    "Progress",
    "Unreadable",
    "cut_chunks",
    "ingest",
    "parse",
    "split_sentences",
    "watch",
]
