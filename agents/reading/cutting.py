"""A passage that is too long to be read in time, cut at the ends of its sentences around what answers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ...retrieval import split_sentences
from .repeats import OMITTED


def cut_around(text: str, scores: Mapping[str, float], ends: Sequence[int], limit: int) -> str:
    """At most `limit` tokens of `text` in one stretch: its best sentence, and what stands before and after it.

    `scores` by the sentence's text (0 where it has none); `ends`: see `TokenCounter`. A sentence that is too long by itself
    is cut at a space.
    """
    spans = split_sentences(text)
    if len(ends) <= limit or not spans:
        return text
    values = [scores.get(text[start:end], 0.0) for start, end in spans]
    first = last = values.index(max(values))

    def tokens(begin: int, end: int) -> int:
        return bisect_left(ends, spans[end][1]) - bisect_left(ends, spans[begin][0]) + 1

    if tokens(first, last) > limit:
        start, end = spans[first]
        stop = ends[min(bisect_left(ends, start) + limit, len(ends)) - 1]
        return _omitting(text, start, text.rfind(" ", start + 1, min(stop, end)) if " " in text[start + 1 : stop] else stop)
    while True:
        sides = [(first, last + 1)] if last + 1 < len(spans) else []
        sides += [(first - 1, last)] if first > 0 else []
        fitting = [side for side in sides if tokens(*side) <= limit]
        if not fitting:
            return _omitting(text, spans[first][0], spans[last][1])
        # what follows a sentence says more of it than what stands before it, unless that answers better
        first, last = max(fitting, key=lambda side: values[side[1]] if side[1] > last else values[side[0]])


def _omitting(text: str, start: int, end: int) -> str:
    before = f"{OMITTED} " if text[:start].strip() else ""
    after = f" {OMITTED}" if text[end:].strip() else ""
    return f"{before}{text[start:end].strip()}{after}"
