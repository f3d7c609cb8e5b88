"""The lines that calendars and address books are written in (RFC 5545, RFC 6350): a name, parameters, a value."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..base import Unreadable
from ..encoding import decode

_FOLD = re.compile(r"\n[ \t]")
_QUOTED = re.compile(r"QUOTED-PRINTABLE[^\n]*(?:(?<==)\n[^\n]*)*", re.I)  # with the lines that a "=" at the end joins
_LINE = re.compile(r'(?:[\w-]+\.)?([A-Za-z0-9-]+)((?:;[^:;"=]+(?:=(?:"[^"]*"|[^;:"]*)(?:,(?:"[^"]*"|[^;:",]*))*)?)*):(.*)')
_CHARSET = re.compile(r"CHARSET=\"?([\w.:-]+)", re.I)
_ESCAPE = re.compile(r"\\(.)", re.S)


class ContentLine(NamedTuple):
    name: str  # in capitals
    parameters: str  # as written
    value: str

    @property
    def text(self) -> str:
        """The value in words, on as many lines as it has."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value).strip()

    def parts(self) -> list[str]:
        """What semicolons divide, in words."""
        return [ContentLine("", "", part).text for part in re.split(r"(?<!\\);", self.value)]


def content_lines(text: str) -> Iterator[ContentLine]:
    text = _QUOTED.sub(lambda match: match[0].replace("=\n", ""), text)
    for line in _FOLD.sub("", text).split("\n"):
        if match := _LINE.match(line):
            value = match[3]
            if "QUOTED-PRINTABLE" in match[2].upper():
                value = _words(quopri.decodestring(value.encode()), _CHARSET.search(match[2]))
            yield ContentLine(match[1].upper(), match[2], value)


def _words(content: bytes, charset: re.Match[str] | None) -> str:
    """By its charset, else as what it looks like."""
    if charset is not None:
        try:
            return content.decode(charset[1])
        except (LookupError, ValueError):
            pass
    try:
        return decode(content)
    except Unreadable:
        return ""
