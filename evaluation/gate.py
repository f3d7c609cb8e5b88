"""The promotion gate: is one model really better than the other, on the same questions, and has nothing else got worse?

A new model is put to work where all of this holds:

- the gain, weighed as `weighing` does, is above zero. Who asks mostly the same held-out questions again and again finds a
  model that passes by chance: the k-th look at them must hold at 0.05/(k(k+1)), so that all looks together err in 0.05;
- it is worth the change: at least `_LEAST_GAIN`;
- what it loses of the accepted answers is, but for 0.05, below `_MOST_LOST` of all answers;
- there are at least `LEAST_ACCEPTED` accepted answers to tell that by, where the questions are a person's own;
- no guard has fallen beyond its margin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .guards import Guard
from .significance import mcnemar
from .weighing import Outcome, Shares, cost_of_accepted, weighed_gain, weights

LEAST_ACCEPTED = 20
_ALL_LOOKS = 0.05
_LEAST_GAIN = 0.02
_MOST_LOST = 0.15  # as a share of all answers: the good adapters of `benchmarks/gate.py` lose 0.08, chance alone 0.12
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """The accepted answers, or those that were wrong: how many were asked, their share of all, and their mean gain."""

    questions: int
    share: float
    gain: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `before` and `after` are weighed, `interval` is the 95 % interval of their difference.

    `lower` is the bound that decides, at `level`; `judged`: whether there was enough to judge by at all.
    """

    metric: str
    before: float
    after: float
    interval: tuple[float, float]
    mcnemar_p: float
    promoted: bool
    reason: str
    guards: Mapping[str, Guard]
    judged: bool
    look: int
    level: float
    lower: float
    most_lost: float  # of all answers: accepted before, and lost
    accepted: Group
    wrong: Group

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "interval": list(self.interval)}


def judge(
    metric: str, outcomes: Sequence[Outcome], shares: Shares, guards: Mapping[str, Guard], *, look: int = 1
) -> Verdict:
    """The verdict on questions that both models answered; `look`: the how many-th at mostly the same ones, from 1.

    Raises:
        ValueError: there are no outcomes.
    """
    if not outcomes:
        raise ValueError("a comparison needs questions")
    lacking = _lacking(outcomes)
    usable = [outcome for outcome in outcomes if outcome.origin == "sample"] if lacking else outcomes
    counted = usable or outcomes
    gain, weighed = weighed_gain(counted, shares), weights(counted, shares)
    old, new = (float((weighed * [getattr(each, side) for each in counted]).sum()) for side in ("before", "after"))
    level = _ALL_LOOKS / (look * (look + 1))
    lower, interval = gain.lower(level), (gain.lower(_LEVEL / 2), gain.upper(_LEVEL / 2))
    accepted = np.array([outcome.accepted for outcome in counted])
    lost = -cost_of_accepted(counted, shares).lower(_LEVEL) if any(each.origin != "corrected" for each in counted) else 0.0
    groups = [_group(counted, weighed, accepted), _group(counted, weighed, ~accepted)]
    against = _objection(lacking if not usable else "", gain.mean, lower, lost, guards, look)
    summary = _summary(metric, counted, groups, old, new, interval)
    reason = f"Promoted: {summary}, and no guard fell by more than its margin."
    if against:
        reason = f"Kept as a candidate: {summary}{against}"
    p = mcnemar([each.before == 1.0 for each in counted], [each.after == 1.0 for each in counted])
    return Verdict(
        metric, old, new, interval, p, not against, reason, guards, bool(usable), look, level, lower, lost, *groups
    )


def _lacking(outcomes: Sequence[Outcome]) -> str:
    """Why a person's own answers tell nothing yet; empty where they do, or there are none."""
    counts = {origin: sum(outcome.origin == origin for outcome in outcomes) for origin in ("accepted", "corrected")}
    if not sum(counts.values()):
        return ""
    if counts["accepted"] < LEAST_ACCEPTED:
        return (
            f". There are too few accepted answers to judge: {counts['accepted']} of {LEAST_ACCEPTED};"
            " rate answers that are right with F2 (`ayllu feedback add ID --rating up`)."
        )
    return "" if counts["corrected"] else ". No corrected answer was asked, so nothing can be told of the wrong ones."


def _objection(lacking: str, gain: float, lower: float, lost: float, guards: Mapping[str, Guard], look: int) -> str:
    """What stands against a promotion, as the end of a sentence; empty where nothing does."""
    if lacking:
        return lacking
    if gain <= 0:
        return ", which is no gain."
    if lower <= 0:
        again = f"; it is look {look} at mostly the same questions, each of which must be surer" if look > 1 else ""
        return f", which may be chance{again}."
    if gain < _LEAST_GAIN:
        return f", which is less than the {_LEAST_GAIN} that a change is worth."
    if lost >= _MOST_LOST:
        return f", but what it loses of the accepted answers may be {lost:.2f} of all answers, and {_MOST_LOST} is the most."
    for name, guard in guards.items():
        if not guard.held:
            return f", but {name.replace('_', ' ')} fell from {guard.before:.3f} to {guard.after:.3f}."
    return ""


def _summary(
    metric: str,
    counted: Sequence[Outcome],
    groups: Sequence[Group],
    old: float,
    new: float,
    interval: tuple[float, float],
) -> str:
    by_shares = ""
    if any(outcome.origin != "sample" for outcome in counted):
        accepted, wrong = groups
        by_shares = (
            f", {accepted.questions} accepted and {wrong.questions} wrong before, weighed by their shares"
            f" ({accepted.share:.2f} and {wrong.share:.2f})"
        )
    return (
        f"{metric} went from {old:.3f} to {new:.3f} on {len(counted)} questions{by_shares}"
        f" (95 % interval of the gain {interval[0]:+.3f} to {interval[1]:+.3f})"
    )


def _group(outcomes: Sequence[Outcome], weighed: Any, members: Any) -> Group:
    share = float(weighed[members].sum())
    gains = np.array([outcome.gain for outcome in outcomes])
    mean = float((weighed[members] * gains[members]).sum() / share) if share > 0 else None
    return Group(int(members.sum()), share, mean)
