"""What a file is, and its reading.

The content decides: a signature, the members of a ZIP archive, the beginning of a text that can only be of one kind. Where
it leaves that open, the server's word counts, then the file's name, then what the text looks like.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from . import compressed, sniffing
from .base import PDF, Format, Parsed, Signature, Unreadable
from .converters import with_converter
from .encoding import decode_start
from .formats import PLAIN
from .registry import FORMATS, fingerprint, format_by_ending, format_by_type
from .signatures import signature_of
from .source.generated import refuse_by_name
from .wordless import mark_wordless

_BLANK = b"\x00\t\n\r\x0b\x0c\x1a \xef\xbb\xbf\xff\xfe"
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u180e")  # beside white space
_LOOK = 1_000  # bytes, which have a letter unless a file is blank or binary
_SURROGATES = re.compile("[\ud800-\udfff]")
_PICTURES = {"image/x-xpixmap": "an XPM picture"}
_SAYS_NOTHING = {
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/x-download",
    "application/force-download",
    "application/download",
}


def choose(content: bytes, name: str = "", declared: str = "") -> Format:
    """What reads `content`. `declared`: the media type that its server gives it, without parameters.

    Raises:
        Unreadable: it is of a kind that nothing here reads, or not what its name or its server promises.
    """
    if (unpacked := compressed.unpack(content)) is not None:  # once only: there are files that unpack to themselves
        return _choose(unpacked, compressed.inner_name(name))
    return _choose(content, name, declared)


def _choose(content: bytes, name: str, declared: str = "") -> Format:
    refuse_by_name(name)
    by_name = format_by_ending(name)
    by_server = None if declared in _SAYS_NOTHING else format_by_type(declared)
    promised = by_server or by_name
    if (actual := signature_of(content)) is not None:
        return _of_signature(actual, promised, by_server=promised is by_server, name=name)
    if promised is not None and promised.signature is PDF and PDF.start in content[:1024]:
        return promised
    start = decode_start(content)
    if (media_type := sniffing.media_type_of(start)) in _PICTURES and format_by_type(media_type) is None:
        raise Unreadable(f"it is {_PICTURES[media_type]}")
    certain = _certain(start)
    if promised is not None and promised.signature is not None:
        if certain is None or promised is by_server:
            raise Unreadable(_mismatch(promised, None, "" if promised is by_server else _ending(name)))
        return certain
    if by_server is not None and by_server is not PLAIN:
        return by_server
    if by_server is PLAIN or declared.startswith("text/"):  # it is what many servers call every text, but never a page
        by_name = None if by_name is FORMATS["text/html"] else by_name
        certain = None if certain is FORMATS["text/html"] else certain
        return (by_name if by_name and by_name.begins_freely else certain) or by_name or PLAIN
    if certain is not None and not (by_name is not None and by_name.begins_freely):
        return certain
    return by_name or format_by_type(sniffing.guess_of(start)) or PLAIN


def parse(name: str, content: bytes, kind: Format | None = None, converter: str = "") -> Parsed:
    """Read `content` as `kind`, else as what `choose` finds. `converter`: a heavy one that has been chosen.

    Raises:
        Unreadable: empty, binary, damaged, encrypted, without text, or not what its name or its server says.
    """
    if (unpacked := compressed.unpack(content)) is not None:
        content = unpacked
    if _is_blank(content):
        raise Unreadable("it is empty")
    kind = with_converter(kind or _choose(content, compressed.inner_name(name)), converter)
    parsed = mark_wordless(kind.parse(content))
    if not _has_letters(parsed.text):
        hint = " (scanned pages?)" if parsed.media_type == PDF.media_type else ""
        raise Unreadable(f"there is no text in it{hint}")
    return replace(parsed, text=_writable(parsed.text), parser=fingerprint(kind, name))


def _is_blank(content: bytes) -> bool:
    if not content.strip(_BLANK):
        return True
    try:
        return not _has_letters(content[:_LOOK].decode("utf-8", "ignore")) and not _has_letters(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _has_letters(text: str) -> bool:
    """Whether anything of it can be seen."""
    return any(not letter.isspace() and letter not in _INVISIBLE for letter in text)


def _of_signature(actual: Signature, promised: Format | None, *, by_server: bool, name: str) -> Format:
    """What reads a file with this signature. A damaged package is what its name says: its parser says what is wrong."""
    if (kind := format_by_type(actual.media_type)) is not None:
        return kind
    if promised is not None and promised.signature is not None and promised.signature.start == actual.start:
        return promised
    raise Unreadable(_mismatch(promised, actual, "" if by_server else _ending(name)))


def _certain(start: str) -> Format | None:
    kind = format_by_type(sniffing.media_type_of(start))
    return kind or next((kind for kind in FORMATS.values() if kind.recognise is not None and kind.recognise(start)), None)


def _mismatch(expected: Format | None, actual: Signature | None, ending: str) -> str:
    """`ending`: the one that promises `expected`; empty where none does."""
    meaning = actual.meaning if actual else "something else"
    if expected is None or expected.signature is None:
        return f"it is {meaning}" + (f", though its name ends in {ending}" if ending and expected else "")
    promise = f"its name says {ending.removeprefix('.').upper()}" if ending else f"its server calls it {expected.media_type}"
    return f"{promise}, but it is {meaning}"


def _writable(text: str) -> str:
    """The same text, character for character, without halves of surrogate pairs: no file can hold those."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()
