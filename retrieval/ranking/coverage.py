"""How much of a question a text speaks of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..docstore import KeywordIndex


@dataclass(frozen=True, slots=True)
class WeighedWord:
    """A content word or name with its rarity. `forms` are its terms: a name as a whole first, then its parts."""

    forms: tuple[str, ...]
    rarity: float


def weigh_words(keywords: KeywordIndex, text: str, base: float = 0.0) -> list[WeighedWord]:
    """The content words of `text`, each as often as it stands there.

    `base` is added to each word's rarity: where all documents are about one subject, its own words are in every passage and
    would weigh next to nothing.
    """
    return [WeighedWord(tuple(forms), base + keywords.term_idf(forms[0])) for forms in keywords.question_words(text)]


def held_share(words: Sequence[WeighedWord], terms: Collection[str]) -> float:
    """Share of the words' weight that stands among `terms`, 0 to 1."""
    total = sum(word.rarity for word in words)
    held = sum(word.rarity * _contained_share(word.forms, terms) for word in words)
    return held / total if total else 0.0


def covered_share(keywords: KeywordIndex, question: str, text: str, base: float = 0.0) -> float:
    """Share of the question's content words that `text` contains, weighed by their rarity, 0 to 1; `base`: as above."""
    return held_share(weigh_words(keywords, question, base), set(keywords.stems(text)))


def _contained_share(forms: Sequence[str], contained: Collection[str]) -> float:
    """Of a word or name: all of it, or as much as there is of one that is not written with spaces."""
    name, *parts = forms
    if name in contained:
        return 1.0
    if not parts or any(letter.isdigit() for letter in name):  # of a number or code, a part is another one
        return 0.0
    return sum(part in contained for part in parts) / len(parts)
