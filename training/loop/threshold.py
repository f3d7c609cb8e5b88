"""How sure the critic must be that the documents answer, learnt with an adapter: what a tuned model points at, it likes more
or less than the untuned one did, and the same threshold no longer refuses the same.

Of the questions that cannot be answered, as many should be refused as before; of the others then as few as that allows. Such
questions are made of the corrections: they are asked over documents of which those that answer them are missing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

from ...agents import ABSTAINED, HOPELESS
from ...evaluation import EvalQuestion, EvalSet, Prediction

LOWEST = HOPELESS  # below it the model is not even asked
_HIGHEST = 0.7
_MISSING = 0.5  # share of the documents at most that are taken away
_EXACT = 10_000  # a threshold has four digits
_WORTH = 20  # questions; as many as that weigh as much as the threshold that stands already


def unanswerable(asked: EvalSet, limit: int, seed: int) -> EvalSet:
    """At most `limit` of the answerable questions of `asked`, over the documents that are left without those they need."""
    possible = [one for one in asked.questions if one.relevant]
    random.Random(seed).shuffle(possible)
    gone: set[str] = set()
    questions: list[EvalQuestion] = []
    for one in possible:
        more = gone | set(one.relevant)
        if len(questions) < limit and len(more) <= _MISSING * len(asked.documents):
            gone = more
            questions.append(replace(one, answers=[], relevant={}, impossible=True))
    return EvalSet([one for one in asked.documents if one.id not in gone], questions)


def matched(before: Sequence[Prediction], after: Sequence[Prediction], standing: float) -> float:
    """The lowest threshold at which as many of the unanswerable questions `after` are refused as were `before`.

    `after` was asked at `LOWEST`. The fewer the questions, the less it moves away from the `standing` one; nor does it rise
    where that refuses none of them more.
    """
    if not after:
        return standing
    refused = min(sum(one.abstained for one in before), len(after))
    liked = sorted(one.answerable for one in after)
    needed = math.nextafter(liked[refused - 1], 1.0) if refused else LOWEST
    trust = len(after) / (len(after) + _WORTH)
    learnt = standing + trust * (min(max(needed, LOWEST), _HIGHEST) - standing)
    enough = max((one for one in liked if one < learnt), default=0.0)
    return min(round(learnt, 4), max(standing, math.ceil(enough * _EXACT + 1) / _EXACT))


def refused_below(threshold: float, predictions: Sequence[Prediction]) -> list[Prediction]:
    """What was asked at `LOWEST`, as it would have been answered at `threshold`."""
    return [
        replace(one, answer=ABSTAINED, short=ABSTAINED, kind="abstained", abstained=True, citations=[])
        if one.answerable < threshold
        else one
        for one in predictions
    ]
