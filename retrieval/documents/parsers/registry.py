"""Which parser reads what.

The content decides: a signature, the members of a ZIP archive, the beginning of a text that can only be of one kind. Where
it leaves that open, the server's word counts, then the file's name, then what the text looks like. A format is a line in
`_MODULES`; all that is known of it stands in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import PurePath

from . import (
    asciidoc,
    compressed,
    data,
    docx,
    epub,
    html,
    latex,
    man,
    markdown,
    messages,
    mhtml,
    notebook,
    odp,
    ods,
    odt,
    ole,
    pdf,
    pictures,
    plain,
    plugins,
    pptx,
    rst,
    rtf,
    sniffing,
    source,
    xlsx,
    xml,
)
from .base import PDF, Format, Parsed, Signature, Unreadable
from .converters import with_converter
from .encoding import decode_start
from .signatures import signature_of
from .wordless import mark_wordless

_MODULES = (
    asciidoc,
    docx,
    epub,
    html,
    latex,
    man,
    markdown,
    mhtml,
    notebook,
    odp,
    ods,
    odt,
    ole,
    pdf,
    pictures,
    plain,
    pptx,
    rst,
    rtf,
    xlsx,
    xml,
)
PLAIN = plain.FORMAT
CHOICE = 1  # grows when the same bytes under the same name are given to another parser than before
_BLANK = b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"
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

FORMATS: dict[str, Format] = {}
_BY_TYPE: dict[str, Format] = {}
_BY_ENDING: dict[str, Format] = {}
_BY_NAME: dict[str, Format] = {}


def register(formats: Iterable[Format]) -> None:
    """Make formats known; what an earlier one claims already stays with it."""
    for kind in formats:
        FORMATS.setdefault(kind.media_type, kind)
        for keys, index in (
            ((kind.media_type, *kind.aliases), _BY_TYPE),
            (kind.endings, _BY_ENDING),
            (kind.names, _BY_NAME),
        ):
            for key in keys:
                index.setdefault(key, kind)


register(module.FORMAT for module in _MODULES)
register((*data.FORMATS, *messages.FORMATS, *source.FORMATS))


@cache
def plugin_problems() -> Mapping[str, str]:
    """Make the formats of plug-ins known, once; what is wrong with any, by its package."""
    formats, refused = plugins.plugin_formats()
    register(formats)
    return refused


def format_by_ending(name: str) -> Format | None:
    """What a file's name says, by its ending for the most part; None where it says nothing."""
    plugin_problems()
    path = PurePath(compressed.inner_name(name))
    return _BY_ENDING.get(path.suffix.lower()) or _BY_NAME.get(path.name.lower())


def parser_of(name: str, earlier: str = "", converter: str = "") -> str:
    """The fingerprint of what reads a file of this name now, if it is as it was when `earlier` was the fingerprint.

    Nothing is read for that: what the content was is known by the format that read it. `earlier` empty: as its name says.
    """
    media_type = earlier.split(" ", 1)[0]
    kind = FORMATS.get(media_type) or format_by_ending(name) or PLAIN
    return _fingerprint(with_converter(kind, converter), name)


def choose(content: bytes, name: str = "", declared: str = "") -> Format:
    """What reads `content`. `declared`: the media type that its server gives it, without parameters.

    Raises:
        Unreadable: it is of a kind that nothing here reads, or not what its name or its server promises.
    """
    if (unpacked := compressed.unpack(content)) is not None:  # once only: there are files that unpack to themselves
        return _choose(unpacked, compressed.inner_name(name))
    return _choose(content, name, declared)


def _choose(content: bytes, name: str, declared: str = "") -> Format:
    source.refuse_by_name(name)
    by_name = format_by_ending(name)
    by_server = None if declared in _SAYS_NOTHING else _BY_TYPE.get(declared)
    promised = by_server or by_name
    if (actual := signature_of(content)) is not None:
        return _of_signature(actual, promised, by_server=promised is by_server, name=name)
    if promised is not None and promised.signature is PDF and PDF.start in content[:1024]:
        return promised
    start = decode_start(content)
    if (media_type := sniffing.media_type_of(start)) in _PICTURES and media_type not in _BY_TYPE:
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
    return by_name or _BY_TYPE.get(sniffing.guess_of(start)) or PLAIN


def parse(name: str, content: bytes, kind: Format | None = None, converter: str = "") -> Parsed:
    """Read `content` as `kind`, else as what `choose` finds. `converter`: a heavy one that has been chosen.

    Raises:
        Unreadable: empty, binary, damaged, encrypted, without text, or not what its name or its server says.
    """
    if (unpacked := compressed.unpack(content)) is not None:
        content = unpacked
    if not content.strip(_BLANK):
        raise Unreadable("it is empty")
    kind = with_converter(kind or _choose(content, compressed.inner_name(name)), converter)
    parsed = mark_wordless(kind.parse(content))
    if not parsed.text.strip():
        hint = " (scanned pages?)" if parsed.media_type == pdf.FORMAT.media_type else ""
        raise Unreadable(f"there is no text in it{hint}")
    return replace(parsed, text=_writable(parsed.text), parser=_fingerprint(kind, name))


def _of_signature(actual: Signature, promised: Format | None, *, by_server: bool, name: str) -> Format:
    """What reads a file with this signature. A damaged package is what its name says: its parser says what is wrong."""
    if (kind := _BY_TYPE.get(actual.media_type)) is not None:
        return kind
    if promised is not None and promised.signature is not None and promised.signature.start == actual.start:
        return promised
    raise Unreadable(_mismatch(promised, actual, "" if by_server else _ending(name)))


def _certain(start: str) -> Format | None:
    kind = _BY_TYPE.get(sniffing.media_type_of(start))
    return kind or next((kind for kind in FORMATS.values() if kind.recognise is not None and kind.recognise(start)), None)


def _fingerprint(kind: Format, name: str) -> str:
    """It changes with the parser, with what the name says, and with how the content is weighed against that."""
    by_name = format_by_ending(name) or PLAIN
    same = by_name is kind or (bool(kind.converter) and by_name.media_type == kind.media_type)
    return f"{kind.fingerprint} {CHOICE}" if same else f"{kind.fingerprint} {CHOICE} {by_name.fingerprint}"


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
