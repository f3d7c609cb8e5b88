"""What to quote: where a phrase cannot answer, what stands under the heading asked for, or the few best sentences; and in
any case the sentence that another one's "it" or "she" points back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...retrieval import Library, Retrieved, Sentence
from ..asking.questions import asks_why, wants_overview

_WHOLE = 5  # sentences of a passage whose heading was asked for
_BEST = 3  # sentences otherwise
_NEAR = 0.6  # of the best sentence's score, below which another is no part of the answer
_AS_GOOD = 0.86  # of it, above which another is quoted though it says no more of what was asked
_REASON = re.compile(r"\b(?:because|since|so that|in order to|due to|as a result|therefore)\b", re.IGNORECASE)
_GIVEN = 1.3  # how much more a sentence that gives a reason counts where one was asked for
_POINTS_BACK = re.compile(r"(?:It|Its|He|His|She|Her|They|Their|This|These|That|Those|Such)\b")


def excerpt(question: str, found: Retrieved, library: Library) -> list[Sentence]:
    """The sentences to quote, as they stand in the documents, the best one's document first; none without any evidence."""
    judged = _judged(question, found, library)
    plain = [one for one in judged if not one.heading]
    if not plain:
        return list(found.sentences[:1])
    top = judged[0]
    under = [one for one in plain if one.passage.chunk_id == top.passage.chunk_id and one.start > top.start]
    if top.heading and under and not asks_why(question):
        return sorted(under, key=lambda one: one.start)[:_WHOLE]
    return in_order(_best(question, plain, found, library))


def _judged(question: str, found: Retrieved, library: Library) -> list[Sentence]:
    """The sentences by half their cosine, half the share they cover of the question's words that carry meaning, best first.

    Their keyword score counts "how", "what" and "when" too, which in a long question outnumber the others.
    """
    cosines = {one: max(one.cosine, 0.0) for one in found.sentences}
    covered = {one: library.coverage(question, one.text) for one in found.sentences}
    nearest, most = max(cosines.values(), default=0.0) or 1.0, max(covered.values(), default=0.0) or 1.0
    judged = [replace(one, liking=0.5 * cosines[one] / nearest + 0.5 * covered[one] / most) for one in found.sentences]
    return sorted(judged, key=lambda one: -one.liking)


def in_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """As they stand in the documents; the best sentence's document first."""
    first = [one.passage.source for one in sentences]
    return sorted(sentences, key=lambda one: (first.index(one.passage.source), one.start))


def led_in(sentences: Sequence[Sentence], found: Retrieved) -> list[Sentence]:
    """The same, each that opens with a pronoun longer by the sentence before it, unless that is quoted too."""
    starts = {(one.passage.chunk_id, one.start) for one in sentences}
    longer = [_with_the_one_before(one, found) for one in sentences]
    return [one if (one.passage.chunk_id, two.start) in starts else two for one, two in zip(sentences, longer, strict=True)]


def _with_the_one_before(one: Sentence, found: Retrieved) -> Sentence:
    passage = one.passage
    earlier = [two for two in found.sentences if two.passage.chunk_id == passage.chunk_id and two.end <= one.start]
    before = max(earlier, key=lambda two: two.end, default=None)
    if before is None or before.heading or not _POINTS_BACK.match(one.text):
        return one
    gap = passage.text[before.end - passage.start : one.start - passage.start]
    if gap.strip() or gap.count("\n") > 1:  # another list item, or another paragraph
        return one
    return replace(one, text=passage.text[before.start - passage.start : one.end - passage.start], start=before.start)


def _best(question: str, sentences: Sequence[Sentence], found: Retrieved, library: Library) -> list[Sentence]:
    """The best, and those near it that say more of what was asked; for an overview or among equals, any near it."""
    why = asks_why(question)

    def liking(one: Sentence) -> float:
        return one.liking * (_GIVEN if why and _REASON.search(one.text) else 1.0)

    ranked = sorted(sentences, key=lambda one: -liking(one))[:_BEST]
    chosen: list[Sentence] = []
    said = ""
    for one in ranked:
        more = f"{said} {_with_the_one_before(one, found).text}"
        share = liking(one) / liking(ranked[0]) if liking(ranked[0]) else 1.0
        good = wants_overview(question) or (share >= _AS_GOOD and not why)
        if share >= _NEAR and (good or library.coverage(question, more) > library.coverage(question, said)):
            chosen.append(one)
            said = more
    return chosen or ranked[:1]
