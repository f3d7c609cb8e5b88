"""Documents: walked, read, parsed, cut into chunks and added."""

from .adding import CHUNK_TOKENS, Adder, Document, Refusal
from .chunking import cut_chunks
from .ingest import MAX_FILE_BYTES, IngestOptions, IngestReport, Progress, ingest
from .parsers import Parsed, Unreadable, parse, parser_of
from .removal import lies_below
from .sentences import split_sentences
from .watching import watch

__all__ = [
    "CHUNK_TOKENS",
    "MAX_FILE_BYTES",
    "Adder",
    "Document",
    "IngestOptions",
    "IngestReport",
    "Parsed",
    "Progress",
    "Refusal",
    "Unreadable",
    "cut_chunks",
    "ingest",
    "lies_below",
    "parse",
    "parser_of",
    "split_sentences",
    "watch",
]
