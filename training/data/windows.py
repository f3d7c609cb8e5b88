"""Parts of a passage around an answer, of a length taken by chance: a model should not learn how long its texts are."""

from __future__ import annotations

import random

from ...retrieval import split_sentences


def window(text: str, start: int, end: int, longest: int, chance: random.Random) -> tuple[int, int]:
    """The sentences that hold the characters from `start` to `end`, and those around them, of about `longest` characters."""
    sentences = split_sentences(text) or [(0, len(text))]
    first = max((at for at, (begins, _) in enumerate(sentences) if begins <= start), default=0)
    last = min((at for at, (_, ends) in enumerate(sentences) if ends >= end), default=len(sentences) - 1)
    while True:
        wider = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (last + 1 < len(sentences))
        if not wider:
            break
        chosen = chance.choice(wider)
        if sentences[chosen[1]][1] - sentences[chosen[0]][0] > longest:
            break
        first, last = chosen
    return min(sentences[first][0], start), max(sentences[last][1], end)
