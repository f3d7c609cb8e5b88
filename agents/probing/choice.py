"""Which profile follows from what a model answered.

With twenty questions of either sort a share is known to a tenth or so: leave is given only where it gains more than that,
and costs at most one right answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ...models import Leave, Profile

MOST_REFUSED = 0.08  # of the questions that the passages answer
_LEAST_GAIN = 0.1  # of the unanswerable refused, for which leave is given
_MOST_LOST = 0.05  # of the right answers, for it


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, 0 to 1, of one place of the leave."""

    right: float  # of the answerable questions
    refused: float  # of the answerable questions
    unanswerable_refused: float
    complete: bool = True  # False: broken off, for it refuses too much

    def to_json(self) -> dict[str, float | bool]:
        return asdict(self)


def choose_profile(figures: Mapping[Leave, Figures]) -> Profile:
    """`figures` has those without leave at least."""
    plain = figures["none"]
    best: Leave = "none"
    for leave, row in figures.items():
        fits = row.complete and row.refused <= MOST_REFUSED and row.right >= plain.right - _MOST_LOST
        if fits and row.unanswerable_refused > max(
            figures[best].unanswerable_refused, plain.unanswerable_refused + _LEAST_GAIN
        ):
            best = leave
    return Profile(leave=best, believed=figures[best].refused <= MOST_REFUSED, origin="probe")
