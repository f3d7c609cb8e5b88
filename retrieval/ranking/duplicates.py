"""Passages that say the same: equal ones are a single hit, and so are those that differ in a few words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..docstore import Candidate, Candidates, search_terms

Ranking = list[tuple[int, float]]
_DEEPER = 4  # times as many are looked for where most are copies
_DEEPEST = 20_000  # copies of a text, beyond which others may be missed
_SHINGLE = 4  # words
_NEAR = 0.8  # of two texts' shingles that they share
_FIGURES = re.compile(r"\S*\d\S*")


def distinct(
    search: Callable[[int], Ranking], depth: int, candidates: Candidates, known: dict[int, Candidate], *, merge: bool
) -> Ranking:
    """The `depth` best chunks that differ, each score by the chunk's weight: deeper where copies take the places.

    `known` is filled with what is known of each chunk.
    """
    wanted = depth
    while True:
        ranking = search(wanted)
        known.update(candidates.get([chunk for chunk, _ in ranking if chunk not in known]))
        weighed = [(chunk, score * known[chunk].weight) for chunk, score in ranking if chunk in known]
        weighed.sort(key=lambda entry: -entry[1])
        if merge:
            first: dict[tuple[bytes, str, str], tuple[int, float]] = {}
            for chunk, score in weighed:
                first.setdefault(known[chunk].key, (chunk, score))
            weighed = list(first.values())
        if len(weighed) >= depth or len(ranking) < wanted or wanted >= _DEEPEST:
            return weighed[:depth]
        wanted = min(wanted * _DEEPER, _DEEPEST)


def drop_near_equal(ranking: Ranking, most: int, known: dict[int, Candidate]) -> tuple[Ranking, dict[int, list[int]]]:
    """The ranking without what nearly repeats a better one, looked at until `most` are kept; and what each one stands for.

    Texts that differ in a figure, or stand under other headings, are not the same.
    """
    kept: Ranking = []
    repeats: dict[int, list[int]] = {}
    seen: list[tuple[int, frozenset[tuple[str, ...]], frozenset[str]]] = []
    for at, (chunk, score) in enumerate(ranking):
        if len(kept) >= most:
            kept += ranking[at:]
            break
        text = known[chunk].text
        shingles, figures = _shingles(text), frozenset(_FIGURES.findall(text))
        for other, others, their_figures in seen:
            same_place = known[other].heading == known[chunk].heading and figures == their_figures
            if same_place and _likeness(shingles, others) >= _NEAR:
                repeats.setdefault(other, []).append(chunk)
                break
        else:
            kept.append((chunk, score))
            seen.append((chunk, shingles, figures))
    return kept, repeats


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    terms: Sequence[str] = search_terms(text).split()
    return frozenset(tuple(terms[at : at + _SHINGLE]) for at in range(max(len(terms) - _SHINGLE + 1, 1)))


def _likeness(one_side: frozenset[tuple[str, ...]], other_side: frozenset[tuple[str, ...]]) -> float:
    return len(one_side & other_side) / max(len(one_side | other_side), 1)
