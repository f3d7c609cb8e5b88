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

from ...agents import ABSTAINED, MIN_ANSWERABLE
from ...evaluation import EvalQuestion, EvalSet, Prediction

LOWEST = MIN_ANSWERABLE  # below it the model is not even asked
_HIGHEST = 0.7
_MISSING = 0.5  # share of the documents at most that are taken away
_EXACT = 10_000  # a threshold has four digits
_WORTH = 20  # questions; as many as that weigh as much as the threshold that stands already


def make_unanswerable(questions: EvalSet, limit: int, seed: int) -> EvalSet:
    """At most `limit` of the answerable `questions`, over the documents that are left without those they need."""
    answerable = [question for question in questions.questions if question.relevant]
    random.Random(seed).shuffle(answerable)
    missing: set[str] = set()
    unanswerable: list[EvalQuestion] = []
    for question in answerable:
        more = missing | set(question.relevant)
        if len(unanswerable) < limit and len(more) <= _MISSING * len(questions.documents):
            missing = more
            unanswerable.append(replace(question, answers=[], relevant={}, impossible=True))
    return EvalSet([document for document in questions.documents if document.id not in missing], unanswerable)


def select_threshold(before: Sequence[Prediction], after: Sequence[Prediction], standing: float) -> float:
    """The lowest threshold at which as many of the unanswerable questions `after` are refused as were `before`.

    `after` was asked at `LOWEST`. The fewer the questions, the less it moves away from the `standing` one; nor does it rise
    where that refuses none of them more.
    """
    if not after:
        return standing
    refused = min(sum(prediction.abstained for prediction in before), len(after))
    likings = sorted(prediction.answerable for prediction in after)
    needed = math.nextafter(likings[refused - 1], 1.0) if refused else LOWEST
    trust = len(after) / (len(after) + _WORTH)
    learned = standing + trust * (min(max(needed, LOWEST), _HIGHEST) - standing)
    enough = max((liking for liking in likings if liking < learned), default=0.0)
    return min(round(learned, 4), max(standing, math.ceil(enough * _EXACT + 1) / _EXACT))


def refuse_below(threshold: float, predictions: Sequence[Prediction]) -> list[Prediction]:
    """What was asked at `LOWEST`, as it would have been answered at `threshold`."""
    return [
        replace(prediction, answer=ABSTAINED, short=ABSTAINED, kind="abstained", abstained=True, citations=[])
        if prediction.answerable < threshold
        else prediction
        for prediction in predictions
    ]
