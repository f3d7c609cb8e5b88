"""Documents whose lines stay those of their file: what is markup alone is taken out of a line, but the line stays.

So a line of the text can be cited by its number in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .base import Block, BlockKind, Parsed


@dataclass(slots=True)
class _Span:
    first: int
    last: int  # exclusive
    kind: BlockKind
    level: int
    context: str


class LineBuilder:
    """The lines of a document, changed in place, and which of them are a block. Blocks may be added in any order."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.title = ""
        self.language = ""
        self.notes: list[str] = []
        self._spans: list[_Span] = []

    def add(
        self, first: int, last: int, kind: BlockKind = BlockKind.PARAGRAPH, *, level: int = 0, context: str = ""
    ) -> None:
        """Lines from `first` to before `last`, counted from 0; blank ones at both ends do not belong to the block."""
        self._spans.append(_Span(first, last, kind, level, context))

    def clear(self, first: int, last: int) -> None:
        """Leave nothing in these lines."""
        for number in range(first, min(last, len(self.lines))):
            self.lines[number] = ""

    def build(self, media_type: str) -> Parsed:
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line) + 1
        return Parsed(
            "\n".join(self.lines),
            media_type,
            title=" ".join(self.title.split()),
            blocks=self._blocks(starts),
            has_lines=True,
            notes=self.notes,
            language=self.language,
        )

    def _blocks(self, starts: Sequence[int]) -> list[Block]:
        blocks: list[Block] = []
        free = 0  # the first line that no block has yet
        for span in sorted(self._spans, key=lambda span: (span.first, -span.last)):
            first, last = max(span.first, free), min(span.last, len(self.lines))
            while first < last and not self.lines[first].strip():
                first += 1
            while last > first and not self.lines[last - 1].strip():
                last -= 1
            if first >= last:
                continue
            free = last
            start, end = starts[first], starts[last - 1] + len(self.lines[last - 1].rstrip())
            if span.kind is not BlockKind.CODE:
                start += len(self.lines[first]) - len(self.lines[first].lstrip())
            blocks.append(Block(start, end, span.kind, span.level, span.context))
        return blocks
