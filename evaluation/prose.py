"""How good an answer in prose is, where the right answer is a person's own free text: F1 against that says how alike the
words are, and little else.

Four things are looked at, each from 0 to 1: whether passages support its sentences, whether its marks name passages that do,
whether it is about as long as the answer wanted, and how it agrees with that: how likely the model finds each of its tokens
(the geometric mean), or, where that was not measured, the share of its words that the answer has. A refusal is worth 0.
"""

from __future__ import annotations

import math
from collections import Counter

from .metrics import answer_words, normalised, unmarked
from .predictions import Prediction

_WITHIN = 2.0  # as long as the answer wanted, or so many times longer or shorter: that is no fault


def prose_quality(prediction: Prediction, wanted: str, logprob: float | None = None) -> float:
    """Of an answer where `wanted` was right; `logprob`: the mean log-probability (natural) of a token of that."""
    if prediction.abstained:
        return 0.0
    agreement = math.exp(logprob) if logprob is not None else words_held(prediction.answer, wanted)
    parts = (prediction.supported or 0.0, prediction.citation_support or 0.0, length_fit(prediction.answer, wanted))
    return (sum(parts) + agreement) / 4


def length_fit(answer: str, wanted: str) -> float:
    """1 where it is at most twice as long or short, then falling with the ratio; of an empty one 0."""
    words, right = answer_words(answer), answer_words(wanted)
    return min(1.0, _WITHIN * min(words, right) / max(words, right, 1))


def words_held(answer: str, wanted: str) -> float:
    """The share of the words of `wanted` that stand in `answer`."""
    words = Counter(normalised(unmarked(wanted)).split())
    return (words & Counter(normalised(unmarked(answer)).split())).total() / max(words.total(), 1)
