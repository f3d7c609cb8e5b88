"""What a format's parser is, what it gives back, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


class Unreadable(Exception):
    """A file cannot be read; the message is shown as it is, beside the file's name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The text that is kept and cited, and where its structure says it may be cut."""

    text: str
    media_type: str
    headings: Sequence[int] = ()  # offsets where a heading begins, in order
    pages: Sequence[tuple[int, int]] = ()  # spans of the pages, in order; empty where there are none
    parser: str = ""  # the `fingerprint` of the format it was read as


@dataclass(frozen=True, slots=True)
class Signature:
    """How the content of files of a kind begins."""

    start: bytes
    meaning: str  # "a PDF"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. Its parser raises `Unreadable`; it imports what it needs when it is called."""

    media_type: str
    endings: frozenset[str]  # in lower case, with their full stop
    parse: Callable[[bytes], Parsed]
    signature: Signature | None = None  # None: it is text, and any signature says that the file is something else
    version: int = 1  # grows when the parser gives another text: what an older one read is then read anew

    @property
    def fingerprint(self) -> str:
        """What tells readings by this parser from those by another, or by an older one."""
        return f"{self.media_type} {self.version}"


PDF = Signature(b"%PDF-", "a PDF")
ZIP = Signature(b"PK\x03\x04", "a ZIP archive")
SIGNATURES = (
    PDF,
    ZIP,
    Signature(b"\x89PNG", "a PNG picture"),
    Signature(b"\xff\xd8\xff", "a JPEG picture"),
    Signature(b"GIF8", "a GIF picture"),
    Signature(b"\x1f\x8b", "a gzip archive"),
    Signature(b"\x7fELF", "a program"),
    Signature(b"SQLite format 3", "an SQLite database"),
    Signature(b"GGUF", "a model file"),
    Signature(b"\xd0\xcf\x11\xe0", "an old Office document"),
)
