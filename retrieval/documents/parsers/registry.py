"""Which parser reads what: by its name's ending or by what its server calls it, checked against how its content begins."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from . import (
    docx,
    html,
    markdown,
    pdf,
    plain,
    table,
)
from .base import SIGNATURES, Format, Parsed, Signature, Unreadable

_MODULES = (
    docx,
    html,
    markdown,
    pdf,
    plain,
    table,
)
FORMATS: dict[str, Format] = {module.FORMAT.media_type: module.FORMAT for module in _MODULES}
PLAIN = plain.FORMAT
_BY_ENDING = {ending: kind for kind in FORMATS.values() for ending in kind.endings}
_BLANK = b"\x00\t\n\r \xef\xbb\xbf"
_SURROGATES = re.compile("[\ud800-\udfff]")
_LOOK = 1024  # bytes of which some may stand before the signature


def format_by_ending(name: str) -> Format | None:
    """What the ending of a file's name says; None where it says nothing, as in source code."""
    return _BY_ENDING.get(_ending(name))


def parser_of(name: str) -> str:
    """The fingerprint of the format that a file of this name is read as."""
    return (format_by_ending(name) or PLAIN).fingerprint


def parse(name: str, content: bytes, kind: Format | None = None) -> Parsed:
    """Read `content` as `kind`, else as the ending of `name` says, else as plain text.

    Raises:
        Unreadable: empty, binary, damaged, encrypted, without text, or not what its name or its server says.
    """
    if not content.strip(_BLANK):
        raise Unreadable("it is empty")
    by_ending = format_by_ending(name)
    kind = kind or by_ending or PLAIN
    if (actual := signature_of(content)) != kind.signature:
        raise Unreadable(_mismatch(kind, actual, _ending(name) if kind is by_ending else ""))
    parsed = kind.parse(content)
    if not parsed.text.strip():
        hint = " (scanned pages?)" if parsed.media_type == pdf.FORMAT.media_type else ""
        raise Unreadable(f"there is no text in it{hint}")
    return replace(parsed, text=_writable(parsed.text), parser=kind.fingerprint)


def signature_of(content: bytes) -> Signature | None:
    """What the first bytes say that it is; None for text, and for what nobody knows."""
    start = content[:_LOOK].lstrip()
    return next((signature for signature in SIGNATURES if start.startswith(signature.start)), None)


def _mismatch(expected: Format, actual: Signature | None, ending: str) -> str:
    """`ending`: the one that promises `expected`; empty where none does."""
    meaning = actual.meaning if actual else "something else"
    if expected.signature is None:
        return f"it is {meaning}" + (f", though its name ends in {ending}" if ending else "")
    promise = f"its name says {ending.removeprefix('.').upper()}" if ending else f"its server calls it {expected.media_type}"
    return f"{promise}, but it is {meaning}"


def _writable(text: str) -> str:
    """The same text, character for character, without halves of surrogate pairs: no file can hold those."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()
