"""Questions that are nearly the same: those that have most of the trigrams of their words in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_SHARE = 0.9  # of their trigrams that two questions have in common, to count as nearly the same
_COMPARED = 5  # questions, those with the most trigrams in common


class QuestionIndex:
    """Questions, found again by others that are nearly the same."""

    def __init__(self, questions: Iterable[str] = ()) -> None:
        self._trigrams: list[set[str]] = []
        self._places: dict[str, list[int]] = {}
        for question in questions:
            self.add(question)

    def add(self, question: str) -> None:
        grams = trigrams(question)
        for gram in grams:
            self._places.setdefault(gram, []).append(len(self._trigrams))
        self._trigrams.append(grams)

    def similar(self, question: str) -> list[int]:
        """Which questions are nearly the same as this, by the order in which they were added."""
        grams = trigrams(question)
        common = Counter(place for gram in grams for place in self._places.get(gram, ()))
        return [place for place, _ in common.most_common(_COMPARED) if _alike(grams, self._trigrams[place])]


def trigrams(text: str) -> set[str]:
    """Three neighbouring words each, in small letters; beginning and end count as words."""
    words = ["", *_WORD.findall(text.lower()), ""]
    return {" ".join(words[at : at + 3]) for at in range(len(words) - 2)} or {" ".join(words)}


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= _SHARE * len(first | second)
