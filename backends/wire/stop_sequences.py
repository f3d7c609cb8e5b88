"""Stop sequences in a stream: what may be shown, and what must wait because it may yet become one."""

from __future__ import annotations

from collections.abc import Sequence


def overlap(text: str, word: str) -> int:
    """How many of the last characters of `text` are a beginning of `word`."""
    return next((size for size in range(min(len(word), len(text)), 0, -1) if text.endswith(word[:size])), 0)


class Stops:
    """A text as it grows, cut before the first of `words`. `ended`: one of them came."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if word]
        self._longest = max(map(len, self._words), default=0)
        self._given = 0  # characters of it that were handed out
        self.text = ""
        self.ended = False

    def add(self, piece: str) -> str:
        """Take the next piece; returns what can be shown of the text now, and was not before."""
        since = max(0, len(self.text) - self._longest)
        self.text += piece
        found = [at for word in self._words if (at := self.text.find(word, since)) >= 0]
        if found:
            self.text, self.ended = self.text[: min(found)], True
            return self.rest()
        held = max((overlap(self.text, word) for word in self._words), default=0)
        return self._upto(len(self.text) - held)

    def rest(self) -> str:
        """What was held back, once nothing more comes."""
        return self._upto(len(self.text))

    def _upto(self, end: int) -> str:
        new = self.text[self._given : end]
        self._given = max(end, self._given)
        return new
