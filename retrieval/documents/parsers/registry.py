"""Which parser reads which file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from .types import Parsed, Unreadable

Parser = Callable[[bytes], Parsed]

_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"GGUF": "a model file",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}


def parse(name: str, content: bytes) -> Parsed:
    """Read a file's `content`; `name` (a path or URL) says by its ending what it should be.

    Raises:
        Unreadable: empty, binary, damaged, encrypted, without text, or not what its name says.
    """
    if not content.strip(b"\x00\t\n\r \xef\xbb\xbf"):
        raise Unreadable("it is empty")
    ending = PurePath(name).suffix.lower()
    signature = next((what for start, what in _SIGNATURES.items() if content[:1024].lstrip().startswith(start)), None)
    if ending == ".pdf":
        from . import pdf

        if signature != "a PDF":
            raise Unreadable(f"its name says PDF, but it is {signature or 'something else'}")
        return _with_text(pdf.parse(content))
    if ending == ".docx":
        from . import docx

        if signature != "a ZIP archive":
            raise Unreadable(f"its name says DOCX, but it is {signature or 'something else'}")
        return _with_text(docx.parse(content))
    if signature is not None:
        raise Unreadable(f"it is {signature}" + (f", though its name ends in {ending}" if ending else ""))
    return _with_text(_textual(ending)(content))


def _textual(ending: str) -> Parser:
    if ending in {".html", ".htm", ".xhtml"}:
        from . import html

        return html.parse
    if ending in {".md", ".markdown", ".mdown"}:
        from . import markdown

        return markdown.parse
    if ending in {".csv", ".tsv"}:
        from . import table

        return table.parse
    from . import plain

    return plain.parse


def _with_text(parsed: Parsed) -> Parsed:
    if not parsed.text.strip():
        hint = " (scanned pages?)" if parsed.media_type == "application/pdf" else ""
        raise Unreadable(f"there is no text in it{hint}")
    return parsed
