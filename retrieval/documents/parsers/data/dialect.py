"""How a table of values is written: what divides its cells, what quotes them, and whether the first row is names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_SAMPLE_ROWS = 300
_DELIMITERS = "\t;,|"  # of two that fit as well, the earlier
_SEP_LINE = re.compile(r"sep=(.)(?:\n|$)", re.I)
_CONSISTENT = 0.8  # of the rows have as many cells as most have
_VALUE = re.compile(
    r"[-+(]?[$€£¥]?\s?\d[\d.,'\s]*\s?[%€$£)]?|\d{4}-\d\d?-\d\d?(?:[T ][\d:.]+Z?)?|\d\d?[./]\d\d?[./]\d{2,4}"
    r"|\d\d?:\d\d(?::\d\d)?|true|false|yes|no",
    re.I,
)
_YEAR = re.compile(r"(?:1[89]|2[01])\d\d")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skipped`: characters at the beginning of the file that are no row."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skipped: int = 0

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of the line on which it begins, from 0."""
        reader = csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=True,
            skipinitialspace=self.delimiter != "\t",
        )
        begins = 0
        for row in reader:
            yield begins, row
            begins = reader.line_num


def find_dialect(text: str) -> Dialect:
    """The dialect in which most rows have equally many cells, and more than one."""
    if match := _SEP_LINE.match(text):
        return Dialect(match[1], skipped=match.end())
    lines = text[:200_000].split("\n")[:_SAMPLE_ROWS]
    lines = [f"{line}\n" for line in (lines[:-1] if len(lines) > 2 else lines)]
    best, best_share = Dialect(","), 0.0
    for quote, escape in (('"', None), ('"', "\\"), ("'", None)):
        for delimiter in _DELIMITERS:
            dialect = Dialect(delimiter, quote, escape)
            share = _consistency(dialect, lines)
            if share > best_share + 0.05:
                best, best_share = dialect, share
        if best_share >= _CONSISTENT:
            break
    return best


def _consistency(dialect: Dialect, lines: Sequence[str]) -> float:
    try:
        counts = Counter(len(row) for _, row in dialect.rows(lines) if any(cell.strip() for cell in row))
    except csv.Error:
        return 0.0
    if not counts:
        return 0.0
    cells, rows = counts.most_common(1)[0]
    return rows / counts.total() if cells > 1 else 0.0


def names_columns(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: it holds words, no values; and none of them stands below itself again."""
    cells = [cell.strip() for cell in first]
    named = [cell for cell in cells if cell]
    if not named or len(set(named)) < len(named):
        return not rest and bool(named)
    below = rest[:_SAMPLE_ROWS]
    values = [cell for cell in named if _VALUE.fullmatch(cell)]
    if values:  # years may name columns, where other numbers stand below them
        years = all(_YEAR.fullmatch(cell) for cell in values) and len(values) > 1
        return years and not all(_YEAR.fullmatch(cell.strip()) for row in below[:5] for cell in row[1:] if cell.strip())
    for column, cell in enumerate(cells):
        others = [row[column].strip() for row in below if column < len(row) and row[column].strip()]
        if others and sum(bool(_VALUE.fullmatch(other)) for other in others) > 0.8 * len(others):
            return True  # words above numbers
        if cell and cell in others:
            return False
    return all(len(cell) < 60 and ", " not in cell for cell in named)
