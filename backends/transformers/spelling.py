"""Tokens to text, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import Piece

_HALF = "\ufffd"  # what half a character is decoded to
_HELD_BACK = 8  # tokens that may wait for the other half


class Spelling:
    """A character that is split over several tokens comes with the last of them.

    `before` are tokens that stand before the first: some tokenizers write a space only between two words.
    """

    def __init__(self, tokenizer: Any, *, before: Sequence[int] = (), special: bool = False) -> None:
        self._tokenizer = tokenizer
        self._special = special
        self._ids = list(before)
        self._from = 0  # where decoding begins
        self._done = len(self._ids)  # what has been spelled

    def add(self, token: int, *, last: bool = False) -> str:
        """The text that this token brings; `last`: no other half will follow."""
        self._ids.append(token)
        return self._spell(all_of_it=last or len(self._ids) - self._done >= _HELD_BACK)

    def rest(self) -> str:
        """What is left of a character that never became complete."""
        return self._spell(all_of_it=True)

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=not self._special, clean_up_tokenization_spaces=False))

    def _spell(self, *, all_of_it: bool) -> str:
        text = self._decode(self._ids[self._from :])
        if text.endswith(_HALF) and not all_of_it:
            return ""
        piece = text[len(self._decode(self._ids[self._from : self._done])) :]
        self._from, self._done = self._done, len(self._ids)
        return piece


def spell_pieces(tokenizer: Any, ids: Sequence[int]) -> list[Piece]:
    """Tokens with the text each adds: they join to the text. Of a character split in two, the first has it."""
    spelling = Spelling(tokenizer, special=True)
    texts, begun = [""] * len(ids), 0
    for count, token in enumerate(ids, start=1):
        if piece := spelling.add(token, last=count == len(ids)):
            texts[begun], begun = piece, count
    return [Piece(token, text) for token, text in zip(ids, texts, strict=True)]
