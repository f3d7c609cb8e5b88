"""What to quote where a phrase cannot answer: what stands under the heading asked for, or the few best sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..retrieval import Found, Sentence

_WHOLE = 5  # sentences of a passage whose heading was asked for
_BEST = 3  # sentences otherwise
_NEAR = 0.7  # of the best sentence's score, below which another is no part of the answer
_REASON = re.compile(r"\b(?:because|since|so that|in order to|due to|as a result|therefore)\b", re.IGNORECASE)
_WHY = re.compile(r"^\s*(?:and\s+|but\s+|so\s+)?why\b", re.IGNORECASE)
_GIVEN = 1.3  # how much more a sentence that gives a reason counts where one was asked for


def excerpt(question: str, found: Found) -> list[Sentence]:
    """The sentences to quote, as they stand in the documents, the best one's document first; none without any evidence."""
    plain = [one for one in found.sentences if not one.heading]
    if not plain:
        return list(found.sentences[:1])
    top = max(found.sentences, key=lambda one: one.liking)
    under = [one for one in plain if one.passage.chunk_id == top.passage.chunk_id and one.start > top.start]
    if top.heading and under and not _WHY.match(question):
        return sorted(under, key=lambda one: one.start)[:_WHOLE]
    return in_order(_best(question, plain))


def in_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """As they stand in the documents; the best sentence's document first."""
    first = [one.passage.source for one in sentences]
    return sorted(sentences, key=lambda one: (first.index(one.passage.source), one.start))


def _best(question: str, sentences: Sequence[Sentence]) -> list[Sentence]:
    why = _WHY.match(question) is not None

    def liking(one: Sentence) -> float:
        return one.liking * (_GIVEN if why and _REASON.search(one.text) else 1.0)

    ranked = sorted(sentences, key=lambda one: -liking(one))[:_BEST]
    return [one for one in ranked if liking(one) >= _NEAR * liking(ranked[0])]
