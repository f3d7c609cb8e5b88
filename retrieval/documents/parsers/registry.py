"""The formats that are known, ours and those of plug-ins, by what they are called: what content is stands in `choosing`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePath

from .base import Format
from .compressed import inner_name
from .converters import with_converter
from .formats import BUILT_IN, PLAIN

CHOICE = 2  # grows when the same bytes under the same name are given to another parser than before
FORMATS: dict[str, Format] = {}
_BY_TYPE: dict[str, Format] = {}
_BY_ENDING: dict[str, Format] = {}
_BY_NAME: dict[str, Format] = {}
_LETTERS = re.compile(r"\.[a-zA-Z]{2,}$")


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


register(BUILT_IN)


@cache
def plugin_problems() -> Mapping[str, str]:
    """Make the formats of plug-ins known, once; what is wrong with any, by its package."""
    from .plugins import plugin_formats

    formats, refused = plugin_formats()
    register(formats)
    return refused


def format_by_ending(name: str) -> Format | None:
    """What a file's name says, by its ending for the most part; None where it says nothing."""
    plugin_problems()
    path = PurePath(inner_name(name))
    kind = _BY_ENDING.get(path.suffix.lower()) or _BY_NAME.get(path.name.lower())
    return _written_in(path.stem) or kind if kind is PLAIN else kind


def _written_in(stem: str) -> Format | None:
    """What a text says of itself before its last ending: Sphinx keeps its sources as `name.rst.txt`."""
    kind = _BY_ENDING.get(PurePath(stem).suffix.lower()) if _LETTERS.search(stem) else None
    return kind if kind is not None and kind.signature is None and kind is not FORMATS["text/html"] else None


def parser_of(name: str, earlier: str = "", converter: str = "") -> str:
    """The fingerprint of what reads a file of this name now, if it is as it was when `earlier` was the fingerprint.

    Nothing is read for that: what the content was is known by the format that read it. `earlier` empty: as its name says.
    """
    media_type = earlier.split(" ", 1)[0]
    kind = FORMATS.get(media_type) or format_by_ending(name) or PLAIN
    return fingerprint(with_converter(kind, converter), name)


def format_by_type(media_type: str) -> Format | None:
    """What a media type names, also one of the other names of a format."""
    return _BY_TYPE.get(media_type)


def fingerprint(kind: Format, name: str) -> str:
    """It changes with the parser, with what the name says, and with how the content is weighed against that."""
    by_name = format_by_ending(name) or PLAIN
    same = by_name is kind or (bool(kind.converter) and by_name.media_type == kind.media_type)
    return f"{kind.fingerprint} {CHOICE}" if same else f"{kind.fingerprint} {CHOICE} {by_name.fingerprint}"
