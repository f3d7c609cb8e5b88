"""Whether the documents answer at all, as far as that can be known without a large model.

A logistic regression on how near the best evidence is and how much of the question it covers; its figures, on questions
that it was not fitted on, are in `docs/evaluation.md`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from ...calibration import fitted
from .signals import Signals


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the signals, and the probabilities that decide; both belong to one embedder.

    At `threshold`, of models that point, some 7 % of other articles' answerable questions are refused. A model that writes
    prose is asked from `hopeless` on, and its draft shown from `prose_threshold` on, of the probability once it is
    written; from `quote_threshold` on, before that, a sentence may answer in its place.
    """

    bias: float
    sentence_cosine: float
    second_cosine: float
    passage_coverage: float
    pair_coverage: float
    names_missing: float
    agreement: float
    threshold: float
    draft_bias: float
    draft_log_odds: float
    draft_nearness: float
    prose_threshold: float
    quote_threshold: float
    hopeless: float


_DEFAULT = "onnx:all-minilm-l6-v2"


def calibration_of(embedder: str) -> Calibration | None:
    """What was fitted to the vectors of an embedder; None where nothing was: then no probability is a threshold."""
    weights = fitted().critic.get(embedder)
    return None if weights is None else Calibration(**weights)


CALIBRATION = Calibration(**fitted().critic[_DEFAULT])  # of any other embedder its weights give an order, and no more


def answerable(signals: Signals, calibration: Calibration = CALIBRATION) -> float:
    """Probability that the documents answer the question, 0 to 1."""
    weighted = sum(getattr(calibration, signal.name) * getattr(signals, signal.name) for signal in fields(Signals))
    return _probability(calibration.bias + weighted)


def confirmed(before: float, logprob: float, no_answer: float | None = None) -> float:
    """The same probability once the model has pointed at a span that it likes by `logprob` (mean over its contexts).

    `no_answer` is the log-probability with which a model that was tuned to say so says that the passage has no answer, which
    tells more than the liking. Either way a logistic regression (`docs/evaluation.md`); one threshold serves, for without it
    the bias is shifted.
    """
    log_odds = _log_odds(before)
    if no_answer is None:
        return _probability(1.137 + 0.655 * log_odds + 0.258 * logprob)
    return _probability(0.054 + 0.386 * log_odds - 0.558 * _log_odds(math.exp(no_answer)))


def confirmed_by_draft(before: float, nearness: float, calibration: Calibration = CALIBRATION) -> float:
    """The same probability once a model has written prose that is as near to the evidence as `nearness` says."""
    weighted = calibration.draft_log_odds * _log_odds(before) + calibration.draft_nearness * nearness
    return _probability(calibration.draft_bias + weighted)


def _log_odds(probability: float) -> float:
    return math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
