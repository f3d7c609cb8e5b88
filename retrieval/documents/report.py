"""How documents are read, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ...errors import AylluError
from ...redaction import redact
from .adding import CHUNK_TOKENS
from .parsing import DEFAULT_BOUNDS, Bounds

MAX_FILE_BYTES = 50_000_000
Progress = Callable[[str, int, int | None], None]
"""Called with (what is being done, how far it is, where its end is), often."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How documents are read. What was read otherwise before is read anew."""

    chunk_tokens: int = CHUNK_TOKENS
    max_file_bytes: int = MAX_FILE_BYTES
    follow_links: bool = False  # out of the folders that are named
    hidden: bool = False  # hidden files and folders are read
    rules: bool = True  # `.gitignore` and `.aylluignore` are honoured
    force: bool = False  # read anew, changed or not
    bounds: Bounds = DEFAULT_BOUNDS  # of the parsing of each document
    ocr_languages: str = ""  # of text in pictures, as Tesseract names them; empty: all that are installed
    converter: str = ""  # a heavy one that reads PDFs and pictures in the place of our own parsers


@dataclass(slots=True)
class IngestReport:
    """What one ingest did, counted where it was done. `failed` names what is not in, and why; the rest is."""

    documents: int = 0  # in the library now: written, or there already
    unchanged: int = 0
    updated: int = 0
    removed: int = 0
    moved: int = 0  # of the documents, those whose content was there already under another name
    chunks: int = 0  # written now
    failed: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)  # what was left out of documents that are in
    trifles: int = 0  # small pictures without text, beside other files: neither in nor failed
    seconds: float = 0.0
    interrupted: bool = False
    obstacle: AylluError | None = None  # why nothing more was tried: the embedder or the disk refused everything

    def to_json(self) -> dict[str, Any]:
        shown = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "obstacle"}
        rate = round(self.chunks / self.seconds, 1) if self.seconds else 0.0
        return {**shown, "seconds": round(self.seconds, 3), "chunks_per_second": rate}

    def note_failure(self, source: str, error: str, *, trifle: bool = False) -> None:
        if trifle:
            self.trifles += 1
            return
        self.failed.append({"source": source, "error": redact(error)})

    def note(self, source: str, note: str) -> None:
        self.notes.append({"source": source, "note": redact(note)})

    def sort(self, positions: Mapping[str, int]) -> None:
        """Put what was told of documents in their order; what else was told comes first."""
        for entries in (self.failed, self.notes):
            entries.sort(key=lambda entry: positions.get(entry["source"], -1))
