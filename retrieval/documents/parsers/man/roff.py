"""The requests of roff: comments, conditions, strings and definitions resolved, the rest handed on line by line.

Nothing is executed and no other file is read: a macro that a page defines itself is left out: it mostly sets looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .escapes import unescape

_REQUEST = re.compile(r"[.'][ \t]*(\S*)[ \t]*(.*)$")
_WORD = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"?|((?:\\.|[^\s"\\])(?:\\[\s\S]|[^\s\\])*))')
_CONDITION = re.compile(
    r"(!?)(\\n\(\.g|\\n\[[^\]]*\]|\\n\(..|[noetdrcm](?=[\s\\]|$)|'[^']*'[^']*'|\"[^\"]*\"[^\"]*\"|\S+)\s*(.*)$"
)
_MOST_CONDITIONS = 30  # in one line, each within the one before
Line = tuple[str, str]  # the request, empty for text, and what follows it


class Roff:
    """The lines of a page that say something."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._at = 0
        self._otherwise: list[bool] = []
        self.strings: dict[str, str] = {}

    def __iter__(self) -> Iterator[Line]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            yield from self._interpreted(line)

    def raw_until(self, end: str) -> list[str]:
        """The lines before the request `end`, as they are."""
        start = self._at
        while self._at < len(self._lines) and not _without_indent(self._lines[self._at]).startswith(end):
            self._at += 1
        lines = self._lines[start : self._at]
        self._at += 1
        return lines

    def plain(self, text: str) -> str:
        return unescape(text, self.strings)

    def _interpreted(self, line: str) -> Iterator[Line]:
        while line.endswith("\\") and not line.endswith("\\\\") and self._at < len(self._lines):
            line = line[:-1] + self._lines[self._at]
            self._at += 1
        if line[:1] not in {".", "'"} or (line.startswith(("'\\", "'T")) and not line.startswith("'\\\"")):
            yield "", line
            return
        match = _REQUEST.match(line)
        name, rest = (match[1], match[2]) if match else ("", "")
        if name.startswith(('\\"', "\\}", "\\#")) or not name:
            return
        if name in {"de", "am", "de1", "dei", "ig"}:
            end = rest.split()[1] if name != "ig" and len(rest.split()) > 1 else "."
            self.raw_until(f".{end}")
        elif name in {"ds", "as"}:
            words = rest.split(None, 1)
            if words:
                value = words[1].removeprefix('"') if len(words) > 1 else ""
                self.strings[words[0]] = (self.strings.get(words[0], "") if name == "as" else "") + value[:1000]
        elif name in {"if", "ie"}:
            yield from self._conditional(rest, remembers=name == "ie")
        elif name == "el":
            yield from self._taken(rest, holds=bool(self._otherwise and self._otherwise.pop()))
        else:
            yield name, rest

    def _conditional(self, rest: str, *, remembers: bool) -> Iterator[Line]:
        match = _CONDITION.match(rest)
        if match is None:
            return
        condition = match[2]
        holds = condition in {"n", "\\n(.g", "o"} or condition.startswith("\\n[.g]")
        if condition[:1] in {"'", '"'}:
            parts = condition.split(condition[0])
            holds = len(parts) > 2 and parts[1] == parts[2]
        holds = holds != bool(match[1])
        if remembers:
            self._otherwise.append(not holds)
        yield from self._taken(match[3], holds=holds)

    def _taken(self, rest: str, *, holds: bool) -> Iterator[Line]:
        """What stands under a condition: the rest of the line, or a block in braces."""
        if not rest.startswith("\\{"):
            if holds and rest and rest.count(".if") < _MOST_CONDITIONS:
                yield from self._interpreted(rest)
            return
        if holds:  # its lines come as any others; the closing brace is left out
            inner = rest[2:].lstrip()
            if inner:
                yield from self._interpreted(inner)
            return
        depth = rest.count("\\{") - rest.count("\\}")
        while depth > 0 and self._at < len(self._lines):
            line = self._lines[self._at]
            depth += line.count("\\{") - line.count("\\}")
            self._at += 1


def _without_indent(line: str) -> str:
    return line[0] + line[1:].lstrip(" \t") if line[:1] in {".", "'"} else line


def words(rest: str) -> list[str]:
    """The arguments of a request, their escapes as they are; quotes hold words together."""
    arguments = []
    at = 0
    while match := _WORD.match(rest, at):
        at = match.end()
        if match[2] is not None and match[2].startswith('\\"'):
            break
        arguments.append(match[2] if match[1] is None else match[1].replace('""', '"'))
    return arguments
