"""What a format's parser is, what it gives back, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Unreadable(Exception):
    """A file cannot be read; the message is shown as it is, beside the file's name."""


class Trifle(Unreadable):
    """Nobody would look for anything in it: an icon. Among other files it is no failure."""


class BlockKind(StrEnum):
    """What a stretch of text is, as far as it matters for where text is cut and what may be an answer."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    DEFINITION = "definition"  # a term with what is said of it: an option, a glossary entry, `dt` with its `dd`
    TABLE_ROW = "table row"
    CODE = "code"  # its line breaks and indents count
    FURNITURE = "furniture"  # contents, index, navigation, running heads: kept in the text, never in a chunk


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch `text[start:end]` of a document. Blocks stand in order and do not overlap."""

    start: int
    end: int
    kind: BlockKind
    level: int = 0  # of a heading from 1, of a list item its depth from 0
    context: str = ""  # what must be read with it and stands elsewhere: the columns of a table
    path: str = ""  # of names that it stands under where no heading says so: "Kiln > fire" of a method


@dataclass(frozen=True, slots=True)
class Page:
    """The span of one page, and what is printed on it as its number where that differs from its count."""

    start: int
    end: int
    label: str | None = None
    number: int | None = None  # where that is not its place among the pages: of a document within; 0: on no page


@dataclass(frozen=True, slots=True)
class Parsed:
    """The text that is kept and cited, and where its structure says it may be cut."""

    text: str
    media_type: str
    title: str = ""
    blocks: Sequence[Block] = ()  # text that none covers is paragraphs, divided by blank lines
    pages: Sequence[Page] = ()  # in order; empty where there are none
    has_lines: bool = False  # the lines of `text` are those of the file, so that a line number can be cited
    notes: Sequence[str] = ()  # what of the document is not in `text`, in words: "2 pages are pictures"
    language: str = ""  # ISO 639-1, where the document names it; empty: to be found out
    parser: str = ""  # the `fingerprint` of the format it was read as


@dataclass(frozen=True, slots=True)
class Signature:
    """How the content of files of a kind begins."""

    start: bytes
    meaning: str  # "a PDF"
    media_type: str = ""
    offset: int = 0  # of `start`, in bytes


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. Its parser raises `Unreadable`; it imports what it needs when it is called."""

    media_type: str
    endings: frozenset[str]  # in lower case, with their full stop
    parse: Callable[[bytes], Parsed]
    signature: Signature | None = None  # how every file of it begins; None: it is text, or told by `media_type` alone
    version: int = 1  # grows when the parser gives another text: what an older one read is then read anew
    aliases: frozenset[str] = frozenset()  # other media types that it is called by, or that it reads as well
    names: frozenset[str] = frozenset()  # of files, in lower case, that have no ending: "makefile"
    begins_freely: bool = False  # text that may begin as if it were another format: Markdown with HTML, a program's source
    converter: str = ""  # which heavy one reads it in the place of the parser
    recognise: Callable[[str], bool] | None = None  # whether text that begins so is certainly of it, whatever its name

    @property
    def fingerprint(self) -> str:
        """What tells readings by this parser from those by another, or by an older one."""
        return f"{self.media_type} {self.version}" + (f" {self.converter}" if self.converter else "")


PDF = Signature(b"%PDF-", "a PDF", "application/pdf")
ZIP = Signature(b"PK\x03\x04", "a ZIP archive", "application/zip")
