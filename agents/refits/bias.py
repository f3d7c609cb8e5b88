"""The critic's bias: by how much the log-odds that the documents answer are moved for one person and collection.

A logistic regression of what was right on the critic's own log-odds, slope 1, with nothing but an offset to fit and a normal
prior around 0 (ridge towards the calibrated value). A label may be a slip. Thumbs by the toss of a coin tell nothing of a
slope, so the offset is weighed by how much better the person's judgements fit the critic's probabilities than a coin does
(Bayesian model averaging); whoever has written corrections that stand in the documents tosses no coin.

Some refusals stand so near the bound that the least offset opens them. So it is moved only as far as the odds are three to
one that it belongs at least there, and not at all where they are not so good: a mean is never quite 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 4  # labels, below which nothing moves
MOST = 2.0  # log-odds by which it moves at most
_SPREAD = 1.0  # of the prior, in log-odds
_EXPLAINED = 2.0  # the same where judgements are held against a coin: one who is right may be far from the critic
_SLIP = 0.05  # share of labels that say the opposite of what was meant
_SLOPE = 0.5  # of ratings of answers on the critic's log-odds: an answer may be wrong where the documents answer
_RATED = 1.5  # spread of the share that is rated up, in log-odds
_CORRECTED = 3.0  # by which a correction from the text raises the odds that the person means what they say
_MOST_CORRECTED = 5
_SURE = 0.75  # probability that it should be moved at least as far as it is
_FURTHEST = 4.0  # log-odds from even, beyond which the critic's probability is not taken at its word
_GRID = np.linspace(-4.0, 4.0, 161)


@dataclass(frozen=True, slots=True)
class JudgedRefusal:
    """A refusal that was judged, or an answer that would have been one: log-odds of what the critic saw, and of its bound.

    `answer`: whether it was right to answer. `proven`: by a correction that stands in the passages.
    """

    seen: float
    bound: float
    answer: bool
    proven: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class BiasFit:
    """`bias` in log-odds; 0: the calibrated bounds. `meant`: probability that the judgements are no toss of a coin."""

    bias: float = 0.0
    labels: int = 0
    needed: int = LEAST
    meant: float = 0.0


def fit_bias(judged: Sequence[JudgedRefusal], rated: Sequence[tuple[float, bool]] = (), corrections: int = 0) -> BiasFit:
    """`rated`: of answers, the critic's log-odds and whether they were rated up. `corrections`: from the text, of all."""
    if len(judged) < LEAST:
        return BiasFit(labels=len(judged))
    prior = -0.5 * (_GRID / _SPREAD) ** 2
    unproven = [each for each in judged if not each.proven]
    proven = prior + sum((_log_likelihood(each, 0.0) for each in judged if each.proven), np.zeros_like(_GRID))
    meant = proven + sum((_log_likelihood(each, _SLIP) for each in unproven), np.zeros_like(_GRID))
    wide = -0.5 * (_GRID / _EXPLAINED) ** 2 - prior
    odds = min(corrections, _MOST_CORRECTED) * np.log(_CORRECTED)
    odds += _log_sum(wide + meant) - _log_sum(wide + proven) - len(unproven) * np.log(0.5) + _against_coin(rated)
    weight = float(1 / (1 + np.exp(-np.clip(odds, -50, 50))))
    bias = _surely(weight * _probabilities(meant) + (1 - weight) * _probabilities(proven))
    return BiasFit(float(np.clip(bias, -MOST, MOST)), len(judged), meant=weight)


def opened(judged: JudgedRefusal, bias: float) -> bool:
    """Whether it would be answered with this bias."""
    return judged.seen + bias >= judged.bound


def _log_likelihood(judged: JudgedRefusal, slip: float) -> NDArray[np.float64]:
    return _log_label(np.clip(judged.seen, -_FURTHEST, _FURTHEST) + _GRID, judged.answer, slip)


def _log_label(log_odds: NDArray[np.float64], label: bool, slip: float) -> NDArray[np.float64]:
    held = 1 / (1 + np.exp(-log_odds if label else log_odds))
    return np.asarray(np.log(slip + (1 - 2 * slip) * held))


def _against_coin(rated: Sequence[tuple[float, bool]]) -> float:
    """Log of how much better ratings of answers fit the critic's order of them than the toss of a coin does."""
    if not rated:
        return 0.0
    middle = float(np.mean([seen for seen, _ in rated]))
    fitted = -0.5 * (_GRID / _RATED) ** 2
    for seen, up in rated:
        fitted = fitted + _log_label(_GRID + _SLOPE * (np.clip(seen, -_FURTHEST, _FURTHEST) - middle), up, _SLIP)
    return float(_log_sum(fitted) - _log_sum(-0.5 * (_GRID / _RATED) ** 2) - len(rated) * np.log(0.5))


def _log_sum(values: NDArray[np.float64]) -> float:
    return float(values.max() + np.log(np.exp(values - values.max()).sum()))


def _probabilities(log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(log_weights - _log_sum(log_weights)))


def _surely(probabilities: NDArray[np.float64]) -> float:
    """The offset of the grid from 0, beyond which it belongs with a probability of `_SURE`; 0: on neither side."""
    below = np.cumsum(probabilities) - probabilities / 2
    least, most = np.interp([1 - _SURE, _SURE], below, _GRID)
    return float(max(least, 0.0) + min(most, 0.0))
