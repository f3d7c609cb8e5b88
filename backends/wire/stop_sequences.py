"""Stop sequences in a stream: what may be shown, and what must wait because it may yet become one."""

from __future__ import annotations

from collections.abc import Sequence


def overlap(text: str, word: str) -> int:
    """How many of the last characters of `text` are a beginning of `word`."""
    return next((size for size in range(min(len(word), len(text)), 0, -1) if text.endswith(word[:size])), 0)


class StopSequences:
    """A text as it grows, cut before the first of `sequences`. `ended`: one of them came."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = [sequence for sequence in sequences if sequence]
        self._max_length = max(map(len, self._sequences), default=0)
        self._shown = 0  # characters of it that were handed out
        self.text = ""
        self.ended = False

    def add(self, piece: str) -> str:
        """Take the next piece; returns what can be shown of the text now, and was not before."""
        since = max(0, len(self.text) - self._max_length)
        self.text += piece
        starts = [start for sequence in self._sequences if (start := self.text.find(sequence, since)) >= 0]
        if starts:
            self.text, self.ended = self.text[: min(starts)], True
            return self.flush()
        held = max((overlap(self.text, sequence) for sequence in self._sequences), default=0)
        return self._show_up_to(len(self.text) - held)

    def flush(self) -> str:
        """What was held back, once nothing more comes."""
        return self._show_up_to(len(self.text))

    def _show_up_to(self, end: int) -> str:
        new = self.text[self._shown : end]
        self._shown = max(end, self._shown)
        return new
