"""What the library keeps of one document: the source, its text, and the chunks cut from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One readable document. `root` is the path the person named when it was ingested: removal stays within it."""

    source: str  # absolute path (links resolved) or URL
    root: str
    sha256: str  # of the file's bytes
    media_type: str
    text: str  # what the parser read; every offset counts in it
    mtime_ns: int = 0
    size: int = 0  # bytes
    volume: str = ""  # where the volume that held the file was mounted; empty where nothing is known of it
    parser: str = ""  # which parser read it, and its version
    chunk_tokens: int = 0  # its chunks have at most so many


@dataclass(frozen=True, slots=True)
class Reading:
    """With what a document was read: where it differs from what would read it now, the document is read anew."""

    parser: str  # media type and version; empty where nothing is known of it
    chunk_tokens: int
    embedder: str  # whose tokens sized the chunks


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """One chunk: `source.text[start:end] == text`."""

    text: str
    start: int
    end: int
    page: int | None = None  # 1-based, PDF only


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One ingested source, as `ayllu sources list` shows it."""

    source: str
    collection: str
    root: str
    chunks: int
    sha256: str
    media_type: str
    ingested_at: str  # ISO 8601, UTC
    mtime_ns: int
    size: int
    volume: str
    reading: Reading

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
