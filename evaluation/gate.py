"""The promotion gate: is one model really better than the other, on the same questions, and has nothing else got worse?

The bootstrap's interval of the gain of the main metric, McNemar's exact test for what is right or wrong, and guards that may
not fall by more than their margins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .significance import mcnemar, paired_bootstrap


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
