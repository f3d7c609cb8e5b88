"""What the library keeps of one document: the source, its text, and the chunks cut from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..types import Mark

HEADING_SEPARATOR = " > "


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
    title: str = ""
    notes: Sequence[str] = ()  # what of the document is not in `text`
    language: str = ""  # ISO 639-1; empty where it is not known
    validators: str = ""  # what the server of an address told its state by: see `pages.Response`


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a document of known content is now: see `SourceRecord` for the fields."""

    source: str
    root: str
    mtime_ns: int
    volume: str


@dataclass(frozen=True, slots=True)
class Reading:
    """With what a document was read: where it differs from what would read it now, the document is read anew."""

    parser: str  # media type and version; empty where nothing is known of it
    chunk_tokens: int
    embedder: str  # whose tokens sized the chunks


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """One chunk: `source.text[start:end] == text`. What else is read with it stands in the other fields."""

    text: str
    start: int
    end: int
    page: int | None = None  # 1-based; None where there are no pages
    page_label: str | None = None  # what is printed on the page, where it differs
    line: int | None = None  # 1-based, where it begins in the file; None where the text has other lines than the file
    heading: str = ""  # the headings it stands under, from the outermost: "Installation > Debian"
    context: str = ""  # what must be read with it and stands elsewhere: the columns of a table
    weight: float = 1.0  # of its score in a search: less for what is hardly worth finding
    marks: Sequence[Mark] = ()  # see `Mark`


def indexed_text(title: str, heading: str, context: str, text: str) -> str:
    """What of a chunk is embedded: its text, after all that it stands under.

    The text alone finds less where documents have titles and sections, and as much elsewhere (`docs/evaluation.md`).
    """
    above = [part for part in (title if title not in heading.split(HEADING_SEPARATOR) else "", heading) if part]
    return "\n".join(part for part in (HEADING_SEPARATOR.join(above), context, text) if part)


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
    title: str = ""
    notes: Sequence[str] = ()
    language: str = ""
    validators: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
