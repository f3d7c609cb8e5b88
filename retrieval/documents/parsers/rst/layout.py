"""Where things end in a text whose structure is its indentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

FIELD = re.compile(r"\s*:([^:\s](?:[^:\n]|\\:)*):(?:\s|$)")


class Layout:
    """The lines of a document with their tabs as spaces. All limits are line numbers from 0, exclusive."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.raw = [line.expandtabs(8).rstrip() for line in lines]

    def body_after_options(self, first: int, end: int) -> int:
        """Where the content of a directive begins: after its options and a blank line."""
        at = first
        while at < end and self.raw[at].strip():
            if not FIELD.match(self.raw[at]) and at == first:
                return at
            at += 1
        while at < end and not self.raw[at].strip():
            at += 1
        return at

    def end_of_indented(self, at: int, last: int, indent: int) -> int:
        while at < last:
            line = self.raw[at]
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            at += 1
        return at

    def end_of_paragraph(self, at: int, last: int) -> int:
        while at < last and self.raw[at].strip():
            at += 1
        return at

    def end_while(self, at: int, last: int, belongs: Callable[[str], bool]) -> int:
        while at < last and belongs(self.raw[at]):
            at += 1
        return at
