"""Whether the second reader's phrase stands before a model's draft, by how often each was right where they differ.

With some thirty facts a difference of one is chance: the phrase is put first only where it wins by two, and left out only
where hardly a draft was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import get_args

from ...models import FactKind, Precedence
from .facts import Comparison

_FEWEST = 8  # facts, below which nothing follows
_LEAD = 2  # facts that the phrase must have more
_ALONE_RIGHT = 0.9  # of the drafts, from which on the second reader is not needed


@dataclass(frozen=True, slots=True)
class Readings:
    """Of `facts`: how many each reading held, and how many it alone held where both did not agree."""

    facts: int
    drafts_right: int
    phrases_right: int
    draft_alone: int
    phrase_alone: int

    @classmethod
    def of(cls, comparisons: Sequence[Comparison]) -> Readings:
        differing = [each for each in comparisons if each.agreement == "differs"]
        return cls(
            len(comparisons),
            sum(each.drafted for each in comparisons),
            sum(each.read for each in comparisons),
            sum(each.drafted and not each.read for each in differing),
            sum(each.read and not each.drafted for each in differing),
        )

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @property
    def precedence(self) -> Precedence | None:
        """None where there are too few facts to say."""
        if self.facts < _FEWEST:
            return None
        if self.phrase_alone - self.draft_alone >= _LEAD:
            return "phrase"
        needless = self.drafts_right >= _ALONE_RIGHT * self.facts and self.phrase_alone < _LEAD
        return "alone" if needless else "draft"


def choose_precedence(comparisons: Sequence[Comparison]) -> tuple[Precedence | None, Mapping[FactKind, Precedence]]:
    """Of most facts, and of each kind of fact for which another one was measured."""
    overall = Readings.of(comparisons).precedence
    if overall in (None, "alone"):
        return overall, {}
    by_kind: dict[FactKind, Precedence] = {}
    for kind in get_args(FactKind):
        own = Readings.of([each for each in comparisons if each.kind == kind]).precedence
        if own not in (None, overall):
            by_kind[kind] = own
    return overall, by_kind
