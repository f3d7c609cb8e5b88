"""How large a stretch of text is in an embedder's tokens, from one pass of its tokenizer over the text.

A tokenizer may take any run without a space for one token: a megabyte of hexadecimal would be a chunk, and then a prompt. So
a token counts for at most `_TOKEN_CHARS` characters.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence

_PIECE = 20_000  # characters tokenized at once: memory stays small and time linear
_TOKEN_CHARS = 10  # characters; words of any language have fewer

Offsets = Callable[[str], Sequence[tuple[int, int]]]
Span = tuple[int, int]


class Sizes:
    """The tokens of spans of `text`; many characters count for more."""

    def __init__(self, text: str, token_offsets: Offsets) -> None:
        self._token_offsets = token_offsets
        self._starts = array("q")  # a list would take nine times as much, of a long text more than all else
        self._ends = array("q")
        self._others: dict[str, int] = {}
        start = 0
        while start < len(text):
            stop = min(start + _PIECE, len(text))
            if stop < len(text) and (space := max(text.rfind(" ", start, stop), text.rfind("\n", start, stop))) > start:
                stop = space
            offsets = token_offsets(text[start:stop])
            self._starts.extend(start + first for first, _ in offsets)
            self._ends.extend(start + last for _, last in offsets)
            start = stop

    def __call__(self, span: Span) -> int:
        tokens = bisect_left(self._starts, span[1]) - self._first(span)
        return max(tokens, math.ceil((span[1] - span[0]) / _TOKEN_CHARS))

    def of(self, other: str) -> int:
        """The tokens of a short text that is not a part of this one."""
        if other not in self._others:
            self._others[other] = len(self._token_offsets(other)) if other else 0
        return self._others[other]

    def cut(self, span: Span, tokens: int) -> int:
        """The offset after `tokens` tokens of `span`."""
        at = self._first(span) + tokens
        longest = min(span[1], span[0] + tokens * _TOKEN_CHARS)
        return min(self._starts[at], longest) if at < len(self._starts) else longest

    def _first(self, span: Span) -> int:
        """The first token that `span` has some of: it may begin within a long one."""
        at = bisect_left(self._starts, span[0])
        return at - 1 if at and self._ends[at - 1] > span[0] else at
