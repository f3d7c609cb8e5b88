"""What a model gains on a person's questions, estimated from the answers that they accepted and corrected.

People correct what was wrong, so that the corrected answers alone show any other model as better. Their gain and that of the
accepted answers are weighed by the shares of wrong and of accepted answers among all that were judged. The questions of an
imported set are a fair sample by themselves: each counts as it stands.

The bound is a t-bound of the stratified mean over conversations (linearised), not a percentile bootstrap: with 20 answers,
of which few change, that is too liberal. Against samples in which by chance nothing changes, one gain and one loss count in
each stratum's variance; the degrees of freedom are those of the conversations that differ (Satterthwaite, 1946). The shares
are estimated too, and their error is in the bound. `benchmarks/gate.py` says how often such a bound errs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .significance import student_quantile

Origin = Literal["corrected", "accepted", "sample"]
_RIGHT = 0.5  # F1, from which on an answer of the model in use to a question of a fair sample counts as an accepted one
_LEAST_FREEDOM = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One held-out question, answered by both models. `origin`: where its right answer comes from."""

    question_id: str
    unit: str  # its conversation: questions of one are not independent
    origin: Origin
    before: float
    after: float

    @property
    def gain(self) -> float:
        return self.after - self.before

    @property
    def accepted(self) -> bool:
        return self.origin == "accepted" or (self.origin == "sample" and self.before >= _RIGHT)


@dataclass(frozen=True, slots=True)
class Shares:
    """How many answers of a log were judged wrong (rated down, or corrected), and how many were accepted."""

    wrong: int = 0
    accepted: int = 0

    @property
    def judged(self) -> int:
        return self.wrong + self.accepted


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its standard error and degrees of freedom."""

    mean: float
    error: float
    freedom: float

    def lower(self, level: float) -> float:
        """The one-sided bound that the truth is below with a probability of `level`."""
        return self.mean - student_quantile(1 - level, self.freedom) * self.error

    def upper(self, level: float) -> float:
        return self.mean + student_quantile(1 - level, self.freedom) * self.error


def weights(outcomes: Sequence[Outcome], shares: Shares) -> Any:
    """What each outcome weighs (n,); they add up to 1."""
    counts = {origin: sum(each.origin == origin for each in outcomes) for origin in ("corrected", "accepted", "sample")}
    personal = (len(outcomes) - counts["sample"]) / len(outcomes)
    wrong = shares.wrong / shares.judged if shares.judged else 0.5
    each = {
        "corrected": personal * wrong / max(counts["corrected"], 1),
        "accepted": personal * (1 - wrong) / max(counts["accepted"], 1),
        "sample": 1 / len(outcomes),
    }
    return np.array([each[outcome.origin] for outcome in outcomes])


def weighed_gain(outcomes: Sequence[Outcome], shares: Shares) -> Estimate:
    """The mean gain over questions such as this person asks."""
    gains = np.array([outcome.gain for outcome in outcomes])
    weighed = weights(outcomes, shares)
    return _estimate(outcomes, gains, weighed, _error_of_shares(outcomes, gains, weighed, shares))


def cost_of_accepted(outcomes: Sequence[Outcome], shares: Shares) -> Estimate:
    """The gain on what is accepted (mostly a loss: it cannot get better than right), as a share of all answers."""
    gains = np.array([outcome.gain if outcome.accepted else 0.0 for outcome in outcomes])
    kept = [place for place, outcome in enumerate(outcomes) if outcome.origin != "corrected"]
    return _estimate([outcomes[place] for place in kept], gains[kept], weights(outcomes, shares)[kept], 0.0)


def mean_gain(before: Sequence[float], after: Sequence[float]) -> Estimate:
    """Of paired scores that all weigh the same."""
    pairs = enumerate(zip(before, after, strict=True))
    return weighed_gain([Outcome(str(at), str(at), "sample", old, new) for at, (old, new) in pairs], Shares())


def _estimate(outcomes: Sequence[Outcome], gains: Any, weighed: Any, variance: float) -> Estimate:
    """`variance` is what there is of it already."""
    residuals = np.zeros(len(gains))
    for origin in {outcome.origin for outcome in outcomes}:
        within = np.array([outcome.origin == origin for outcome in outcomes])
        residuals[within] = weighed[within] * (gains[within] - gains[within].mean())
        variance += float(weighed[within].sum()) ** 2 * 2 / (int(within.sum()) + 2) ** 2
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(outcome.unit for outcome in outcomes))}
    summed = np.bincount([numbers[outcome.unit] for outcome in outcomes], weights=residuals)
    squares = float((summed**2).sum())
    freedom = squares**2 / float((summed**4).sum()) if squares > 0 else 0.0
    variance += squares * len(summed) / max(len(summed) - 1, 1)
    return Estimate(float((weighed * gains).sum()), variance**0.5, max(freedom, _LEAST_FREEDOM))


def _error_of_shares(outcomes: Sequence[Outcome], gains: Any, weighed: Any, shares: Shares) -> float:
    """The variance that comes from not knowing the shares better than from the answers judged."""
    parts = [np.array([outcome.origin == origin for outcome in outcomes]) for origin in ("corrected", "accepted")]
    if not shares.judged or not all(part.any() for part in parts):
        return 0.0
    wrong = shares.wrong / shares.judged
    apart = float(gains[parts[0]].mean() - gains[parts[1]].mean())
    personal = float(weighed[parts[0]].sum() + weighed[parts[1]].sum())
    return personal**2 * wrong * (1 - wrong) / shares.judged * apart**2
