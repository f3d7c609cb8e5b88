"""The promotion gate: is one model really better than the other, on the same questions, and has nothing else got worse?

Paired bootstrap (Efron and Tibshirani, 1993; Koehn, 2004) for the gain of the main metric; McNemar's exact test for what is
right or wrong; and guards that may not fall by more than their margins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

_ROUNDS = 10_000
_CELLS = 1_000_000  # resampled questions held in memory at once


@dataclass(frozen=True, slots=True)
class Guard:
    """A figure that may fall by at most `margin`; `None` where it could not be measured."""

    before: float | None
    after: float | None
    margin: float

    @property
    def held(self) -> bool:
        return self.before is None or self.after is None or self.after >= self.before - self.margin


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `interval` is the 95 % interval of the gain."""

    metric: str
    before: float
    after: float
    interval: tuple[float, float]
    mcnemar_p: float
    promoted: bool
    reason: str
    guards: Mapping[str, Guard]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "interval": list(self.interval)}


def judge(
    metric: str,
    before: Sequence[float],
    after: Sequence[float],
    right_before: Sequence[bool],
    right_after: Sequence[bool],
    guards: Mapping[str, Guard],
    seed: int = 0,
) -> Verdict:
    """The verdict on paired scores, question by question; `right_before` and `right_after` are for McNemar's test.

    Raises:
        ValueError: the sequences are empty, or not paired.
    """
    low, high = paired_bootstrap(before, after, seed)
    old, new = float(np.mean(before)), float(np.mean(after))
    fallen = [name for name, guard in guards.items() if not guard.held]
    gain = (
        f"{metric} went from {old:.3f} to {new:.3f} on {len(before)} questions"
        f" (95 % interval of the gain {low:+.3f} to {high:+.3f})"
    )
    if low <= 0:
        reason = f"Kept as a candidate: {gain}, which may be chance."
    elif fallen:
        name, guard = fallen[0].replace("_", " "), guards[fallen[0]]
        reason = f"Kept as a candidate: {gain}, but {name} fell from {guard.before:.3f} to {guard.after:.3f}."
    else:
        reason = f"Promoted: {gain}, and no guard fell by more than its margin."
    p = mcnemar(right_before, right_after)
    return Verdict(metric, old, new, (low, high), p, low > 0 and not fallen, reason, guards)


def paired_bootstrap(before: Sequence[float], after: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile interval of the mean gain, over resampled questions."""
    if not before or len(before) != len(after):
        raise ValueError("a paired comparison needs the same questions twice")
    gains = np.asarray(after, float) - np.asarray(before, float)
    chance = np.random.default_rng(seed)
    at_once = max(1, _CELLS // len(gains))
    shapes = [(min(at_once, _ROUNDS - start), len(gains)) for start in range(0, _ROUNDS, at_once)]
    means = np.concatenate([gains[chance.integers(0, len(gains), shape)].mean(axis=1) for shape in shapes])
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> float:
    """Exact two-sided p of McNemar's test (binomial over the discordant pairs)."""
    gained = sum(new and not old for old, new in zip(before, after, strict=True))
    lost = sum(old and not new for old, new in zip(before, after, strict=True))
    total, less = gained + lost, min(gained, lost)
    tail = sum(math.comb(total, k) for k in range(less + 1)) / math.ldexp(1.0, total)
    return min(1.0, 2 * tail)
