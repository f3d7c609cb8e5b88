"""How much of a question a text speaks of."""

from __future__ import annotations

from ..docstore import KeywordIndex, content_words


def covered_share(keywords: KeywordIndex, question: str, text: str, least: int = 0) -> float:
    """Share of the question's content words that `text` contains, weighed by their rarity, 0 to 1.

    A library of fewer than `least` chunks weighs words as one of that size: see `KeywordIndex.idf`.
    """
    contained = set(keywords.stems(text))
    rarities = {word: keywords.idf(word, least) for word in content_words(question)}
    total = sum(rarities.values())
    covered = sum(rarity for word, rarity in rarities.items() if contained.issuperset(keywords.stems(word)))
    return covered / total if total else 0.0
