"""Questions that a person has tied to a passage: what asks nearly the same finds it, whatever words the passage has.

The passage is searched as if its questions stood in it (document expansion), by words and by meaning. A pin knows its
passage by its document and its words, so that it holds on when documents are cut anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..docstore import Candidate, Candidates
from ..requests import Pin
from .duplicates import Ranking


class Pinned:
    """The pins of one search, with the chunks that they stand for."""

    def __init__(
        self,
        pins: Sequence[Pin],
        candidates: Candidates,
        known: dict[int, Candidate],
        sources: Collection[int] | None = None,
    ) -> None:
        """`known` is filled with what is known of these chunks. `sources`: of these numbers alone."""
        places = [(pin, chunk) for pin in pins for chunk in candidates.chunks_with(pin.source, pin.collection, pin.text)[:1]]
        known.update(candidates.get([chunk for _, chunk in places if chunk not in known]) if places else {})
        there = [
            (pin, chunk) for pin, chunk in places if chunk in known and (sources is None or known[chunk].source in sources)
        ]
        self._pins = [(pin, chunk) for pin, chunk in there if not pin.wrong]
        self._wrong = {known[chunk].key for pin, chunk in there if pin.wrong}
        self._known = known

    def by_meaning(self, ranking: Ranking) -> Ranking:
        """With each pinned chunk as near as its question is, where that is nearer."""
        return self._raised(ranking, {chunk: pin.cosine for pin, chunk in self._pins})

    def by_words(self, ranking: Ranking) -> Ranking:
        """With each pinned chunk's score that share of the first one's which its question has of the words asked for."""
        first = max((score for _, score in ranking), default=1.0)
        return self._raised(ranking, {chunk: pin.share * first for pin, chunk in self._pins})

    def last(self, ranking: Ranking) -> Ranking:
        """With the chunks that were found wrong for this question after all others, and without a score."""
        if not self._wrong:
            return ranking
        wrong = {chunk for chunk, _ in ranking if chunk in self._known and self._known[chunk].key in self._wrong}
        least = min((score for _, score in ranking), default=0.0)
        others = [each for each in ranking if each[0] not in wrong]
        return others + [(chunk, min(least, 0.0)) for chunk, _ in ranking if chunk in wrong]

    def _raised(self, ranking: Ranking, scores: Mapping[int, float]) -> Ranking:
        ranked = dict(ranking)
        names = {self._known[chunk].key: chunk for chunk in ranked if chunk in self._known}
        for chunk, score in scores.items():
            if score > 0:
                name = names.get(self._known[chunk].key, chunk)  # an equal chunk may stand for it already
                ranked[name] = max(score, ranked.get(name, score))
        pinned = {names.get(self._known[chunk].key, chunk) for chunk in scores}
        return sorted(ranked.items(), key=lambda scored: (-scored[1], scored[0] not in pinned))
