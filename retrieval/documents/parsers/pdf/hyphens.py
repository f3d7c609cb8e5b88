"""Words divided at a line's end, mended: "water-/ways" becomes "waterways", "well-/known" stays "well-known".

What the rest of the document writes decides; where it has neither, a hyphen stays between parts that usually keep it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_KEEPS_AFTER = frozenset(
    "well self ill half high low long short full part all ever cross ex quasi so much then best better first second third "
    "last two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety open closed "
    "real read write user end client server case time left right top bottom single double multi hard soft".split()
)
_KEEPS_BEFORE = frozenset(
    "known based oriented specific dependent independent aware defined called used free made style only level compatible "
    "time term length size year day week month hour minute line shaped sized related driven up down off to and".split()
)


class Vocabulary:
    """The words of a document, to tell a divided word from a compound."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()

    def add(self, texts: Iterable[str]) -> None:
        self._words.update(texts)

    def join(self, text: str, following: str, *, marked: bool) -> str:
        """Two lines as one. `marked`: the first ends within a word and its hyphen is not in `text`."""
        if not marked:
            if not (text.endswith(("-", "‐", "\u00ad")) and text[-2:-1].isalpha() and following[:1].isalpha()):
                return f"{text} {following}" if text and following else text + following
            text = text[:-1]
        first, second = _last_part(text), _first_part(following)
        return text + ("-" if self._keeps(first, second, text, following) else "") + following

    def _keeps(self, first: str, second: str, text: str, following: str) -> bool:
        if not first or not second or text[-1:].isdigit() or following[:1].isdigit() or following[:1].isupper():
            return True
        joined, divided = self._count(first + second), self._count(f"{first}-{second}")
        if joined != divided:
            return divided > joined
        last = first.rpartition("-")[2].lower()
        return last in _KEEPS_AFTER or second.partition("-")[0].lower() in _KEEPS_BEFORE

    def _count(self, word: str) -> int:
        return self._words[word] + (self._words[word.lower()] if word != word.lower() else 0)


def _last_part(text: str) -> str:
    word = text.rpartition(" ")[2]
    matches = _LETTERS.findall(word)
    return matches[-1] if matches and word.endswith(matches[-1]) else ""


def _first_part(text: str) -> str:
    match = _LETTERS.match(text.partition(" ")[0])
    return match[0] if match else ""
