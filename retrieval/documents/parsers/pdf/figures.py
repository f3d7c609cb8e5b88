"""Tables of figures without lines, as in financial statements: columns of amounts whose right edges stand below each other.

Currency signs, closing brackets and per cent signs may stand apart from their amounts; the names of the columns take several
rows, of which the upper ones cover several columns; labels break over lines, and lines without amounts name what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..amounts import YEAR, tidy
from .column_names import Extent, Frame, column_names, gap_above, head_start, names_columns
from .entries import Entry, Line, line_of
from .layout import Row
from .page import Span

_AMOUNTS = re.compile(r"(?:[\d)%]|\s[—–-])\s(?:.{,6}\d[\d.,]*[)%\s]{,3}|.?\s?[—–-])$")  # at the end of a line
_MOST_COLUMNS = 30
_LONGEST_LABEL = 4  # lines
_CONTINUES = re.compile(r"^(?:[a-z(&]|\d)")


@dataclass(slots=True)
class Figures:
    """`rows[start:end]` of a region. Each body row begins with its label."""

    start: int
    end: int
    head: list[str]  # empty where nothing names the columns
    body: list[list[str]] = field(default_factory=list)


def find_figures(rows: Sequence[Row], rules: Sequence[Span]) -> list[Figures]:
    """The tables of figures among `rows`, in order. `rules`: level lines that are drawn, of any length."""
    if not any(_AMOUNTS.search(row.text) for row in rows):
        return []  # most pages are prose
    lines = [line_of(row) for row in rows]
    strong = [number for number, line in enumerate(lines) if line.amounts >= 2 and line.named]
    tables: list[Figures] = []
    taken = 0
    for first, last in _stretches(lines, strong):
        columns = _columns([line for line in lines[first : last + 1] if line.amounts >= 2 and line.named])
        if not 2 <= len(columns) <= _MOST_COLUMNS:
            continue
        frame = Frame.of([line for line in lines[first : last + 1] if line.amounts], columns)
        start = head_start(lines, first, last, taken, frame)
        heads = next(at for at in range(start, first + 1) if at == first or not names_columns(lines[at], frame))
        end = _body_end(lines, last, columns)
        head = column_names(lines[start:heads], frame, rules) if heads > start else []
        tables.append(Figures(start, end, head, list(_body(lines[heads:end], columns))))
        taken = end
    return tables


def _stretches(lines: Sequence[Line], strong: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last line with amounts of each table: what names columns, or prose, parts it from the next."""
    first = previous = -1
    for number in strong:
        if first >= 0 and _go_together(lines, previous, number):
            previous = number
            continue
        if _suffice(lines, first, previous):
            yield first, previous
        first = previous = number
    if _suffice(lines, first, previous):
        yield first, previous


def _suffice(lines: Sequence[Line], first: int, last: int) -> bool:
    """Several rows with amounts, or a single row right below years."""
    above = lines[first - 1] if first > 0 else None
    years = above is not None and sum(bool(YEAR.match(cell.text)) for cell in above.cells) >= 2
    years = years and above is not None and not above.named and gap_above(lines, first) < 1.2 * above.row.size
    return last > first or (first >= 0 and years)


def _go_together(lines: Sequence[Line], above: int, below: int) -> bool:
    """Whether lines of two rows with amounts are of one table."""
    edge = min(cell.left for cell in lines[above].cells[-lines[above].amounts :])
    between = lines[above + 1 : below]
    if len(between) > 8:
        return False
    labels = 0
    for upper, line in pairwise([lines[above], *between, lines[below]]):
        gap = line.row.y0 - upper.row.y1
        if gap < -line.row.size or gap > 3.5 * line.row.size or line.row.size > 1.3 * lines[above].row.size:
            return False
    for line in between:
        if line.amounts == 1 and line.named and line.cells[0].x0 < edge:
            labels = 0  # a row with a single amount
            continue
        if line.row.x0 > edge - line.row.size or line.amounts >= 2 or len(line.cells) > 2:
            return False  # it names columns
        labels += 1
        if labels > _LONGEST_LABEL or (line.row.x1 > edge + 4 * line.row.size and line.row.words > 8):
            return False
    return _are_level(lines[above], lines[below])


def _are_level(above: Line, below: Line) -> bool:
    """Whether most amounts of the line with fewer stand below, or above, those of the other."""
    upper, lower = above.cells[-above.amounts :], below.cells[-below.amounts :]
    fewer, more = (upper, lower) if len(upper) <= len(lower) else (lower, upper)
    level = sum(any(min(cell.x1, other.x1) > max(cell.x0, other.x0) - 2 for other in more) for cell in fewer)
    return level >= 0.75 * len(fewer)


def _columns(lines: Sequence[Line]) -> list[Extent]:
    """The columns' extents: amounts that overlap stand in one, unless they stand in one line."""
    for line in lines:
        _keep_labels(line, lines)
    spans = sorted((cell.x0, cell.x1) for line in lines for cell in line.cells[-line.amounts :])
    columns: list[Extent] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] - 0.5:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    most = max(line.amounts for line in lines)
    if len(columns) >= most:
        return columns
    full = next(line for line in lines if line.amounts == most)
    return [(cell.x0, cell.x1) for cell in full.cells[-most:]]


def _keep_labels(line: Line, lines: Sequence[Line]) -> None:
    """A figure where others have their label is a label: the year at the end of "Balance as of June 30, 2022"."""
    if line.amounts < len(line.cells) or line.amounts < 3:
        return
    first, second = line.cells[0], line.cells[1]
    labels = sum(other.amounts < len(other.cells) and other.cells[0].x0 < first.x1 < second.x0 for other in lines)
    if 2 * labels > len(lines):
        first.amount = False
        line.amounts -= 1


def _column_of(cell: Entry, columns: Sequence[Extent]) -> int:
    overlaps = [min(cell.x1, right) - max(cell.x0, left) for left, right in columns]
    return overlaps.index(max(overlaps))


def _is_label(line: Line, edge: float) -> bool:
    return not line.amounts and line.row.x0 < edge and line.row.words <= 14


def _body_end(lines: Sequence[Line], last: int, columns: Sequence[Extent]) -> int:
    """Behind the last row with amounts: what its label goes on with, and rows with a single amount."""
    end = last + 1
    while end < len(lines) and gap_above(lines, end) < 1.2 * lines[end].row.size:
        line = lines[end]
        amounts = line.cells[-line.amounts :] if line.amounts else []
        single = line.amounts >= 1 and line.named and line.cells[0].x0 < columns[0][0] - line.row.size
        if (single and all(any(cell.x1 > left and cell.x0 < right for left, right in columns) for cell in amounts)) or (
            end == last + 1
            and _is_label(line, columns[0][0])
            and _CONTINUES.match(line.row.text)
            and gap_above(lines, end) < 0.5 * line.row.size
        ):
            end += 1
        else:
            break
    return end


@dataclass(frozen=True, slots=True)
class _Group:
    """A line without amounts that names the rows below it: those indented below it, or all up to the next such line."""

    left: float
    name: str
    flat: bool

    def holds(self, left: float) -> bool:
        return left > self.left + 1 or (self.flat and left > self.left - 1)


def _body(lines: Sequence[Line], columns: Sequence[Extent]) -> Iterator[list[str]]:
    """Rows with their labels made whole, each below the names of its groups."""
    groups: list[_Group] = []
    waiting: list[Line] = []  # lines without amounts
    row: list[str] | None = None
    left = 0.0
    for number, line in enumerate(lines):
        if not line.amounts:
            following = lines[number + 1] if number + 1 < len(lines) else None
            if row is not None and not waiting and _goes_on(lines[number - 1], line, following):
                row[0] = _joined([row[0] + ("-" if lines[number - 1].row.hyphen else ""), _label_text(line)])
            else:
                waiting.append(line)
            continue
        if row is not None:
            yield _below(groups, row)
        row = _cells_of(line, columns)
        begun = _label_lines(waiting, line, has_label=bool(row[0]))
        row[0] = _joined([*map(_label_text, begun), row[0]])
        left = min([line.row.x0, *(part.row.x0 for part in begun)])
        for above in waiting[: len(waiting) - len(begun)]:
            groups = [group for group in groups if group.left < above.row.x0 - 1]
            name, flat = above.row.text, above.row.text.endswith(":") and abs(above.row.x0 - left) <= 1
            groups.append(_Group(above.row.x0, name.rstrip(": "), flat))
            if not groups[-1].holds(left):
                yield [name] + [""] * len(columns)
        waiting = []
        groups = [group for group in groups if group.holds(left)]
    if row is not None:
        yield _below(groups, row)
    for line in waiting:
        yield [line.row.text] + [""] * len(columns)


def _cells_of(line: Line, columns: Sequence[Extent]) -> list[str]:
    """The label, and what stands in each column."""
    row = [""] * (len(columns) + 1)
    for number, cell in enumerate(line.cells):
        if number == 0 and not cell.amount and cell.x1 > columns[0][0] + 1 and cell.ends_in_amount:
            row[0], row[1] = " ".join(cell.words[:-1]), cell.words[-1]  # set close to its label
            continue
        labels = cell.x1 <= columns[0][0] - 1 or (number == 0 and not cell.amount)
        column = 0 if labels else _column_of(cell, columns) + 1
        row[column] = f"{row[column]} {cell.text}".strip()
    row[0] = tidy(row[0])
    return row


def _label_lines(waiting: Sequence[Line], line: Line, *, has_label: bool) -> list[Line]:
    """Those of the lines above that are the beginning of the line's own label."""
    begun: list[Line] = []
    below, text = line, line.row.text if has_label else ""
    for number in range(len(waiting) - 1, -1, -1):
        above = waiting[number]
        gap = below.row.y0 - above.row.y1
        apart = number > 0 and above.row.y0 - waiting[number - 1].row.y1 > gap + 0.15 * line.row.size
        if gap > 0.35 * line.row.size or above.row.text.endswith(":"):
            break
        if text and not (_CONTINUES.match(text) or above.row.hyphen or apart or above.row.text.endswith(",")):
            break
        begun.insert(0, above)
        below, text = above, above.row.text
    return begun


def _goes_on(above: Line, below: Line, following: Line | None) -> bool:
    """Whether `below` is the rest of the label of the row above it, rather than the beginning of the next."""
    gap = below.row.y0 - above.row.y1
    if (
        gap > 0.35 * below.row.size
        or below.row.text.endswith(":")
        or abs(below.row.x0 - above.row.x0) > 2.5 * below.row.size
    ):
        return False
    if following is not None and following.row.y0 - below.row.y1 < gap + 0.1 * below.row.size:
        return False
    return bool(_CONTINUES.match(below.row.text) or above.row.hyphen)


def _label_text(line: Line) -> str:
    """A hyphen at the end of a line of a label is taken for the word's own."""
    return line.row.text + ("-" if line.row.hyphen else "")


def _below(groups: Sequence[_Group], row: Sequence[str]) -> list[str]:
    names = [group.name for group in groups[-2:]]
    return [": ".join(part for part in (*names, row[0]) if part), *row[1:]]


def _joined(parts: Sequence[str]) -> str:
    text = " ".join(part for part in parts if part)
    return re.sub(r"(?<=\w)- (?!and\b|or\b)", "-", text).rstrip("-")
