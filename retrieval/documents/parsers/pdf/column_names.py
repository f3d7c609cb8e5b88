"""The names of the columns of a table of figures: over several lines, and some of them over several columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .entries import APART, Entry, Line
from .page import Span

Extent = tuple[float, float]

_UNIT = re.compile(r"^\(.*\)?:?$")  # "(in millions)"
_JOINED = 3.5  # points between pieces of a drawn line
_MOST_HEADS = 5  # rows that name the columns
_LONGEST_NAME = 90  # characters, of what names a column in one line


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a table's labels and amounts stand."""

    columns: Sequence[Extent]  # of the amounts
    margin: float  # left of which a line begins with a label
    labels: float  # how far to the right labels reach

    @classmethod
    def of(cls, lines: Sequence[Line], columns: Sequence[Extent]) -> Frame:
        """`lines`: those with amounts."""
        labels = [line.cells[0].x1 for line in lines if not line.cells[0].amount]
        left = min(line.row.x0 for line in lines)
        return cls(columns, left + lines[0].row.size, min(max(labels, default=columns[0][0]), columns[0][0]))

    def above(self, cells: Sequence[Entry]) -> list[Entry]:
        """Those of a line's cells that stand above columns of amounts."""
        edge = self.columns[0][0]
        return [cell for cell in cells if (cell.x1 > edge - 2 and cell.x0 > self.margin) or cell.x0 > self.labels]


def head_start(lines: Sequence[Line], first: int, last: int, taken: int, frame: Frame) -> int:
    """Where the lines that name the columns begin, above the first line with amounts, `first`, and what names its group.

    `last`: the table's last line with amounts; no line before `taken` is looked at.
    """
    gaps = sorted(gap_above(lines, at) for at in range(first + 1, last + 1))
    room = 1.3 * max(1.2 * lines[first].row.size, gaps[len(gaps) // 2] if gaps else 0.0)
    at = first
    while at > taken and first - at < 3 and _is_label(lines[at - 1], frame) and gap_above(lines, at) < room:
        at -= 1  # "ASSETS:", above the first amounts and below the names
    if at == taken or not names_columns(lines[at - 1], frame):
        at = first
    top = at
    while top > taken and at - top < _MOST_HEADS and names_columns(lines[top - 1], frame) and gap_above(lines, top) < room:
        top -= 1
    return top if top < at else first


def gap_above(lines: Sequence[Line], at: int) -> float:
    """The white between a line and the line above it."""
    return lines[at].row.y0 - lines[at - 1].row.y1


def _is_label(line: Line, frame: Frame) -> bool:
    left = frame.columns[0][0] - 3 * line.row.size
    return not line.amounts and line.row.x0 < left and line.row.words <= 14 and not names_columns(line, frame)


def names_columns(line: Line, frame: Frame) -> bool:
    """Whether it stands above the columns of amounts; at the left there may be a unit, or the name of the labels."""
    edge = frame.columns[0][0]
    over = frame.above(line.cells)
    left = [cell for cell in line.cells if cell not in over]
    if not over or (line.named and line.amounts >= 2):
        return False
    level = any(abs(over[0].x1 - right) < 4 for _, right in frame.columns) or over[0].x0 > frame.labels
    if over[0].middle < edge - 3 * line.row.size and not level:
        return False
    if len(over) == 1 and _UNIT.match(over[0].text):
        return False
    if len(left) > 1 or (left and len(left[0].words) > 6) or (len(over) == 1 and left and not left[0].text.startswith("(")):
        return False
    return all(len(cell.text) <= _LONGEST_NAME for cell in over) and not line.row.text.endswith((".", ";"))


def column_names(lines: Sequence[Line], frame: Frame, rules: Sequence[Span]) -> list[str]:
    """The name of the labels, and that of each column. `rules`: level lines that are drawn below names."""
    columns = frame.columns
    parts: list[list[str]] = [[] for _ in range(len(columns) + 1)]
    pitch = min((right[1] - left[1] for left, right in pairwise(columns)), default=100.0)
    above: list[list[int]] = []  # the columns of each name in the line above
    for number, line in enumerate(lines):
        cells = _head_cells(line, columns)
        over = frame.above(cells)
        parts[0] += [cell.text for cell in cells if cell not in over and not _UNIT.match(cell.text)]
        drawn = _rules_below(lines, number, rules)
        groups = [_covered(cell, over, columns, drawn, pitch) for cell in over]
        digits = any(letter.isdigit() for letter in line.row.text)
        if digits and len(over) == len(above) < len(columns) and any(len(group) > 1 for group in above):
            groups = above  # the second line of a name
        _fill(groups, over, columns)
        above = groups
        for cell, group in zip(over, groups, strict=True):
            for column in group:
                parts[column + 1].append(cell.text)
    return [" ".join(dict.fromkeys(names)) for names in parts]


def _fill(groups: Sequence[list[int]], cells: Sequence[Entry], columns: Sequence[Extent]) -> None:
    """Where a name stands over several columns, those that none stands over belong to the nearest."""
    if not any(len(group) > 1 for group in groups):
        return
    named = {column for group in groups for column in group}
    for column, (left, right) in enumerate(columns):
        if column not in named:
            distances = [max(cell.x0 - right, left - cell.x1) for cell in cells]
            groups[distances.index(min(distances))].append(column)


def _head_cells(line: Line, columns: Sequence[Extent]) -> list[Entry]:
    """The line's cells, divided where words stand over columns that are close together."""
    cells: list[Entry] = []
    for piece in line.row.pieces:
        words = list(zip(piece.words, piece.lefts, piece.rights, strict=True))
        gaps = [right[1] - left[2] for left, right in pairwise(words)]
        wide = APART * line.row.size
        if len(gaps) > 1 and min(gaps) < 0.45 * line.row.size:
            wide = min(wide, max(1.9 * min(gaps), 0.3 * line.row.size))
        for at, (word, left, right) in enumerate(words):
            gap = gaps[at - 1] if at else 0.0
            usual = sorted(gaps)[len(gaps) // 2] if len(gaps) > 2 else 0.0
            over = gap > max(0.33 * line.row.size, 1.3 * usual) and _stand_apart(cells[-1], left, right, columns)
            if at and gaps[at - 1] <= wide and not over:
                cells[-1].words.append(word)
                cells[-1].x1 = right
            else:
                cells.append(Entry([word], left, right, left))
    return cells


def _stand_apart(cell: Entry, left: float, right: float, columns: Sequence[Extent]) -> bool:
    """Whether a word stands over another column than the words before it."""
    before = {at for at, (x0, x1) in enumerate(columns) if min(cell.x1, x1) > max(cell.x0, x0)}
    after = {at for at, (x0, x1) in enumerate(columns) if min(right, x1) > max(left, x0)}
    return bool(before and after) and before.isdisjoint(after)


def _rules_below(lines: Sequence[Line], number: int, rules: Sequence[Span]) -> list[Extent]:
    """From where to where lines are drawn below a row, as far as the next row's middle; a line may be drawn cell by cell."""
    row = lines[number].row
    lowest = (lines[number + 1].row.y0 + lines[number + 1].row.y1) / 2 if number + 1 < len(lines) else row.y1 + row.size
    levels: dict[int, list[Extent]] = {}
    for x0, y0, x1, y1 in rules:
        if row.y1 - 3 <= y0 and y1 <= lowest:
            levels.setdefault(round((y0 + y1) / 6), []).append((x0, x1))
    joined: list[Extent] = []
    for pieces in levels.values():
        pieces.sort()
        current = pieces[0]
        for x0, x1 in pieces[1:]:
            if x0 > current[1] + _JOINED:
                joined.append(current)
                current = (x0, x1)
            else:
                current = (current[0], max(current[1], x1))
        joined.append(current)
    return joined


def _covered(
    cell: Entry,
    cells: Sequence[Entry],
    columns: Sequence[Extent],
    rules: Sequence[Extent],
    pitch: float,
) -> list[int]:
    """The columns that a name stands over."""
    for x0, x1 in rules:
        above = sum(x0 - 2 <= other.middle <= x1 + 2 for other in cells)
        if above == 1 and x0 - 2 <= cell.middle <= x1 + 2 and x1 - x0 < 0.97 * (columns[-1][1] - columns[0][0] + pitch):
            below = [at for at, (left, right) in enumerate(columns) if x0 - 2 <= (left + right) / 2 <= x1 + 2]
            if below:
                return below
    share = len(columns) // len(cells)
    if share > 1 and share * len(cells) == len(columns):
        groups = [columns[at : at + share] for at in range(0, len(columns), share)]
        offsets = [abs(other.middle - (group[0][0] + group[-1][1]) / 2) for other, group in zip(cells, groups, strict=True)]
        if max(offsets) < 0.45 * pitch:
            at = cells.index(cell) * share
            return list(range(at, at + share))
    overlapped = [at for at, (left, right) in enumerate(columns) if min(cell.x1, right) - max(cell.x0, left) > 1]
    if len(overlapped) > 1:
        return overlapped
    edges = [abs(cell.x1 - right) for _, right in columns]
    middles = [abs(cell.middle - (left + right) / 2) for left, right in columns]
    nearest = [min(pair) for pair in zip(edges, middles, strict=True)]
    return overlapped or [nearest.index(min(nearest))]
