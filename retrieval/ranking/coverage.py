"""How much of a question a text speaks of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..docstore import KeywordIndex


def covered_share(keywords: KeywordIndex, question: str, text: str, least: int = 0) -> float:
    """Share of the question's content words that `text` contains, weighed by their rarity, 0 to 1.

    A library of fewer than `least` chunks weighs words as one of that size: see `KeywordIndex.idf`.
    """
    contained = set(keywords.stems(text))
    rarities = [(forms, keywords.term_idf(forms[0], least)) for forms in keywords.question_words(question)]
    total = sum(rarity for _, rarity in rarities)
    covered = sum(rarity * _contained_share(forms, contained) for forms, rarity in rarities)
    return covered / total if total else 0.0


def _contained_share(forms: Sequence[str], contained: Collection[str]) -> float:
    """Of a word or name: all of it, or as much as there is of one that is not written with spaces."""
    name, *parts = forms
    if name in contained:
        return 1.0
    if not parts or any(letter.isdigit() for letter in name):  # of a number or code, a part is another one
        return 0.0
    return sum(part in contained for part in parts) / len(parts)
