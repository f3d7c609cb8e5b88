"""Documents: walked, read, parsed, cut into chunks and added."""

from typing import TYPE_CHECKING

from ...deferred import deferred

if TYPE_CHECKING:
    from .adding import CHUNK_TOKENS, Document, add_documents
    from .chunking import cut_chunks
    from .ingest import ingest_documents
    from .parsers import BlockKind, Parsed, Unreadable, parse, parser_of
    from .parsing import Bounds, bounds_with
    from .planning import Action, Planned, plan_ingest, totals
    from .removal import lies_below
    from .report import MAX_FILE_BYTES, IngestOptions, IngestReport, Progress
    from .sentences import split_sentences
    from .watching import watch
else:
    __getattr__ = deferred(
        __name__,
        {
            "adding": ["CHUNK_TOKENS", "Document", "add_documents"],
            "chunking": ["cut_chunks"],
            "ingest": ["ingest_documents"],
            "parsers": ["BlockKind", "Parsed", "Unreadable", "parse", "parser_of"],
            "parsing": ["Bounds", "bounds_with"],
            "planning": ["Action", "Planned", "plan_ingest", "totals"],
            "removal": ["lies_below"],
            "report": ["MAX_FILE_BYTES", "IngestOptions", "IngestReport", "Progress"],
            "sentences": ["split_sentences"],
            "watching": ["watch"],
        },
    )

__all__ = [
    "CHUNK_TOKENS",
    "MAX_FILE_BYTES",
    "Action",
    "BlockKind",
    "Bounds",
    "Document",
    "IngestOptions",
    "IngestReport",
    "Parsed",
    "Planned",
    "Progress",
    "Unreadable",
    "add_documents",
    "bounds_with",
    "cut_chunks",
    "ingest_documents",
    "lies_below",
    "parse",
    "parser_of",
    "plan_ingest",
    "split_sentences",
    "totals",
    "watch",
]
