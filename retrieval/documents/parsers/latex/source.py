"""The source of a document taken apart: tokens, arguments. Every step moves on, so that time is linear."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*(?:\n[ \t]*)?)|\\(?P<command>[a-zA-Z@]+\*?|.|\n)|(?P<math>\$\$?)|(?P<brace>[{}])"
    r"|(?P<par>\n[ \t]*\n\s*)|(?P<text>[^\\%${}&~\n]+|[&~\n])",
    re.S,
)
_GROUP = re.compile(r"\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_OPTION = re.compile(r"\s*\[((?:[^\[\]{}]|\{[^{}]{0,1000}\}){0,1000})\]")


class Source:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tokens(self) -> Iterator[tuple[str, str]]:
        """Kinds (comment, command, math, brace, par, text) and what stands there; commands without their backslash.

        What else is taken from the source meanwhile is not among them.
        """
        while self._at < len(self._text):
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                self._at += 1
                continue
            self._at = match.end()
            kind = match.lastgroup or ""
            yield kind, match[kind]

    def skip(self, pattern: str) -> re.Match[str] | None:
        match = re.compile(pattern).match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def letter(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def option(self) -> str:
        """The argument in brackets that may come next."""
        match = _OPTION.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[1]

    def argument(self) -> str:
        """The argument in braces that comes next; empty where there is none."""
        match = _GROUP.match(self._text, self._at)
        if match is None:
            return ""
        start, depth = match.end(), 1
        for brace in _BRACE.finditer(self._text, start):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if depth == 0:
                self._at = brace.end()
                return self._text[start : brace.start()]
        self._at = len(self._text)
        return self._text[start:]

    def until(self, closing: str) -> str:
        """Everything before `closing`, which is passed; all that is left where it does not come."""
        end = self._text.find(closing, self._at)
        text = self._text[self._at : end if end >= 0 else len(self._text)]
        self._at = end + len(closing) if end >= 0 else len(self._text)
        return text
