"""Years and quarters, as questions and the names of files have them: "the second quarter of 2023", "report-2023q2"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"
_QUARTER = r"(?:(?<![a-z\d])q ?([1-4])(?!\d)|(?<!\d)([1-4]) ?q|(?<![a-z])(first|second|third|fourth) quarter)(?![a-z])"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_BETWEEN = r"[\s,_.-]*(?:of )?(?:the )?(?:fiscal )?(?:year )?"
_QUARTER_OF_YEAR = re.compile(f"{_QUARTER}{_BETWEEN}{_YEAR}")
_YEAR_AND_QUARTER = re.compile(rf"{_YEAR}[\s_.-]*(?:q([1-4])|([1-4])q)(?![a-z\d])")
_ANY_YEAR = re.compile(_YEAR)


@dataclass(frozen=True, slots=True)
class Period:
    year: int
    quarter: int | None = None

    def includes(self, other: Period) -> bool:
        """A year includes its quarters; a quarter no other quarter, and no year."""
        return self.year == other.year and self.quarter in (None, other.quarter)


def periods(text: str) -> frozenset[Period]:
    """All that stand in `text`, a year with its quarter where that is named beside it."""
    text = text.lower()
    quarters = {
        Period(int(match[4]), int(match[1] or match[2] or _ORDINALS[match[3]])) for match in _QUARTER_OF_YEAR.finditer(text)
    }
    quarters |= {Period(int(match[1]), int(match[2] or match[3])) for match in _YEAR_AND_QUARTER.finditer(text)}
    years = {int(match[1]) for match in _ANY_YEAR.finditer(text)} - {period.year for period in quarters}
    return frozenset(quarters | {Period(year) for year in years})
