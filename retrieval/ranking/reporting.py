"""The time that a column of a statement is of, and which columns a question means.

"Three Months Ended June 30, 2023" is the second quarter of 2023, "Six Months Ended June 30, 2023" the first half; "June 30,
2023" by itself, above a balance or below a line that says how long, is the end of either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..docstore import find_dates
from .periods import periods

_NUMBERS = {"three": 3, "six": 6, "nine": 9, "twelve": 12}
_LENGTH = re.compile(r"\b(three|six|nine|twelve|3|6|9|12)[ -]months?\b")
_LENGTH_NAMES = (
    (re.compile(r"\bquarter(?:ly)? (?:period )?end(?:ed|ing)\b"), 3),
    (re.compile(r"\b(?:fiscal )?year end(?:ed|ing)\b|\b(?:full|whole|fiscal) year\b|\bannual\b|\bfy ?(?:20)?\d\d\b"), 12),
)
_NAMED = re.compile(r"(?<!\w)[Qq]([1-4])(?!\w)")
_HALF = re.compile(r"\b(?:(first|second) half|h([12]))\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """What a text says of a time; None: it does not say."""

    years: frozenset[int]
    months: int | None = None  # how long
    ends_in: int | None = None  # the month
    dates: frozenset[str] = frozenset()  # as 2023-06-30, where it ends


def reporting_period(text: str) -> ReportingPeriod | None:
    """None where `text` names no year."""
    lower = text.lower()
    years = frozenset(int(year) for year in _YEAR.findall(lower))
    if not years:
        return None
    dates = frozenset(find_dates(text))
    months = next((_NUMBERS.get(match[1]) or int(match[1]) for match in _LENGTH.finditer(lower)), None)
    months = months or next((length for form, length in _LENGTH_NAMES if form.search(lower)), None)
    ends = {int(date[5:7]) for date in dates}
    ends_in = ends.pop() if len(ends) == 1 else None
    if quarter := next((period.quarter for period in periods(text) if period.quarter), None):
        months, ends_in = 3, 3 * quarter
    elif half := _HALF.search(lower):
        months, ends_in = 6, 6 if "1" in half.groups() or half[1] == "first" else 12
    elif months and re.search(rf"\bfirst (?:{months}|\w+) months\b", lower):
        ends_in = months
    return ReportingPeriod(years, months, ends_in, dates)


def find_quarters(text: str) -> frozenset[int]:
    """The quarters that a text speaks of: by name, or by a day in them."""
    named = {period.quarter for period in periods(text) if period.quarter}
    return frozenset(
        named | {int(number) for number in _NAMED.findall(text)} | {_quarter(date) for date in find_dates(text)}
    )


def _quarter(date: str) -> int:
    return (int(date[5:7]) + 2) // 3


def columns_of_period(question: str, names: Sequence[str]) -> list[str] | None:
    """The columns, of those called `names`, whose time the question asks for; empty where it asks for another time than any
    column has, and None where the question names no time or no column does."""
    wanted = reporting_period(question)
    known = {name: period for name in names if (period := reporting_period(name)) is not None}
    if wanted is None or not known:
        return None
    of_year = {name: period for name, period in known.items() if period.years & wanted.years}
    if wanted.dates:
        of_year = {name: period for name, period in of_year.items() if not period.dates or period.dates & wanted.dates}
    if wanted.months is None:
        full = [name for name, period in of_year.items() if period.months == 12] if not wanted.dates else []
        return full or list(of_year)
    long = [name for name, period in of_year.items() if period.months == wanted.months]
    fitting = long or [name for name, period in of_year.items() if period.months is None]
    ending = [name for name in fitting if wanted.ends_in is None or of_year[name].ends_in in (None, wanted.ends_in)]
    return ending or fitting  # a year of business may not end in December
