"""What may not get worse along with a gain: each figure by a one-sided test of its fall, not by the fall itself.

On 40 questions equal models differ by more than a margin of 0.02 in a third of cases. So a guard stops an adapter only where
the fall is beyond its margin for certain (0.05), and says how large a fall it could have seen at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .weighing import mean_gain

_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Guard:
    """A figure that may fall by at most `margin`; `None` where it could not be measured.

    `most`: by what it has changed at the most (0.05); `seen`: the least fall that would stand out from chance.
    """

    before: float | None
    after: float | None
    margin: float
    most: float | None = None
    seen: float | None = None
    questions: int = 0

    @classmethod
    def of_pairs(cls, before: Sequence[float], after: Sequence[float], margin: float) -> Guard:
        """Of the same questions' scores, before and after."""
        if not before:
            return cls(None, None, margin)
        gain = mean_gain(before, after)
        most = gain.upper(_LEVEL)
        old, new = sum(before) / len(before), sum(after) / len(after)
        return cls(old, new, margin, most, margin + most - gain.mean, len(before))

    @property
    def held(self) -> bool:
        return self.most is None or self.most >= -self.margin
