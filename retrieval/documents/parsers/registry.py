"""Which parser reads which file: by its name's ending, checked against how its content begins."""

from __future__ import annotations

from pathlib import PurePath

from . import docx, html, markdown, pdf, plain, table
from .base import SIGNATURES, Format, Parsed, Unreadable

FORMATS: dict[str, Format] = {
    module.FORMAT.media_type: module.FORMAT for module in (pdf, docx, html, markdown, table, plain)
}
_BY_ENDING = {ending: kind for kind in FORMATS.values() for ending in kind.endings}
_BLANK = b"\x00\t\n\r \xef\xbb\xbf"
_LOOK = 1024  # bytes of which some may stand before the signature


def parse(name: str, content: bytes) -> Parsed:
    """Read a file's `content`; `name` (a path or URL) says by its ending what it should be, else it is plain text.

    Raises:
        Unreadable: empty, binary, damaged, encrypted, without text, or not what its name says.
    """
    if not content.strip(_BLANK):
        raise Unreadable("it is empty")
    ending = PurePath(name).suffix.lower()
    expected = _BY_ENDING.get(ending, plain.FORMAT)
    _check_signature(expected, ending, content)
    parsed = expected.parse(content)
    if not parsed.text.strip():
        hint = " (scanned pages?)" if parsed.media_type == pdf.FORMAT.media_type else ""
        raise Unreadable(f"there is no text in it{hint}")
    return parsed


def _check_signature(expected: Format, ending: str, content: bytes) -> None:
    start = content[:_LOOK].lstrip()
    signature = next((candidate for candidate in SIGNATURES if start.startswith(candidate.start)), None)
    if signature == expected.signature:
        return
    actual = signature.meaning if signature else "something else"
    if expected.signature is not None:
        raise Unreadable(f"its name says {ending.removeprefix('.').upper()}, but it is {actual}")
    raise Unreadable(f"it is {actual}" + (f", though its name ends in {ending}" if ending else ""))
