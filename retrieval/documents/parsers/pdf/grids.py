"""Tables whose lines are drawn: crossing lines make cells, and words fall into them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..heads import is_value
from .page import Segment, Span

_NEAR = 3.0  # points within which lines are the same line, or touch
_MOST_LINES = 1_500  # a page
_LEAST_FILLED = 0.3  # of the cells
_MOST_CELLS = 20_000  # a page


_CellLines = Sequence[tuple[float, Sequence[str]]]  # of one cell: the height and the words of each


@dataclass(slots=True)
class Grid:
    """A drawn table: its rows of cells, blank ones too, and which of its rows are printed bold."""

    x0: float
    y0: float
    x1: float
    y1: float
    rows: list[list[str]] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    heads: int = 1  # rows that may name the columns
    order: int = 0  # where its first words stand in the file


@dataclass(slots=True)
class _Line:
    """A horizontal line at height `at` from `start` to `end`, or an upright one with the axes exchanged."""

    at: float
    start: float
    end: float


def drawn_tables(rules: Sequence[Span], segments: Sequence[Segment]) -> tuple[list[Grid], list[Segment]]:
    """The tables, and the segments that belong to none."""
    if len(rules) < 4:
        return [], list(segments)
    flat = _joined([_Line((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in rules if x1 - x0 >= y1 - y0][:_MOST_LINES])
    upright = _joined([_Line((x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in rules if y1 - y0 > x1 - x0][:_MOST_LINES])
    grids: list[Grid] = []
    rest = list(segments)
    for rows, columns in _crossing(flat, upright):
        ys, xs = _levels(rows), _levels(columns)
        if len(ys) < 3 or len(xs) < 3 or (len(ys) - 1) * (len(xs) - 1) > _MOST_CELLS:
            continue  # a box around text, or a drawing
        inside = [segment for segment in rest if _within(segment, xs, ys)]
        grid = _filled(xs, ys, rows, columns, inside)
        if _is_table(grid):
            grid.order = min(segment.order for segment in inside)
            grids.append(grid)
            rest = [segment for segment in rest if not _within(segment, xs, ys)]
    return grids, rest


def _is_table(grid: Grid) -> bool:
    """Cells are filled: the lines of a stave, of a plot or of a box around text make cells as well."""
    filled = sum(map(bool, (cell for row in grid.rows for cell in row)))
    used_rows, used_columns = sum(map(any, grid.rows)), sum(map(any, zip(*grid.rows, strict=True)))
    return used_rows >= 2 and used_columns >= 2 and filled >= _LEAST_FILLED * len(grid.rows) * len(grid.rows[0])


def _within(segment: Segment, xs: Sequence[float], ys: Sequence[float]) -> bool:
    middle = (segment.y0 + segment.y1) / 2
    return ys[0] - 1 <= middle <= ys[-1] + 1 and xs[0] - _NEAR <= (segment.x0 + segment.x1) / 2 <= xs[-1] + _NEAR


def _joined(lines: list[_Line]) -> list[_Line]:
    """Pieces of one line made whole: a border is drawn cell by cell."""
    lines.sort(key=lambda line: (round(line.at), line.start))
    joined: list[_Line] = []
    by_level: dict[int, list[_Line]] = {}
    for line in lines:
        level = round(line.at)
        for other in (*by_level.get(level, ()), *by_level.get(level - 1, ()), *by_level.get(level + 1, ())):
            if line.start <= other.end + _NEAR and line.end >= other.start - _NEAR:
                other.start, other.end = min(other.start, line.start), max(other.end, line.end)
                break
        else:
            joined.append(line)
            by_level.setdefault(level, []).append(line)
    return joined


def _crossing(flat: Sequence[_Line], upright: Sequence[_Line]) -> list[tuple[list[_Line], list[_Line]]]:
    """Groups of lines that hang together, each its flat and its upright lines."""
    group = list(range(len(flat) + len(upright)))

    def root(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    for row, line in enumerate(flat):
        for column, other in enumerate(upright, start=len(flat)):
            if other.start - _NEAR <= line.at <= other.end + _NEAR and line.start - _NEAR <= other.at <= line.end + _NEAR:
                group[root(row)] = root(column)
    members: dict[int, tuple[list[_Line], list[_Line]]] = {}
    for item in range(len(group)):
        rows, columns = members.setdefault(root(item), ([], []))
        if item < len(flat):
            rows.append(flat[item])
        else:
            columns.append(upright[item - len(flat)])
    return [pair for pair in members.values() if pair[0] and pair[1]]


def _levels(lines: Sequence[_Line]) -> list[float]:
    levels: list[float] = []
    for at in sorted(line.at for line in lines):
        if not levels or at - levels[-1] > _NEAR:
            levels.append(at)
    return levels


def _filled(
    xs: list[float], ys: list[float], flat: Sequence[_Line], upright: Sequence[_Line], segments: Sequence[Segment]
) -> Grid:
    high, wide = len(ys) - 1, len(xs) - 1
    across = [  # whether a line parts a cell from its left neighbour, and so on
        [column == 0 or _parts(upright, xs[column], (ys[row] + ys[row + 1]) / 2) for column in range(wide)]
        for row in range(high)
    ]
    down = [
        [row == 0 or _parts(flat, ys[row], (xs[column] + xs[column + 1]) / 2) for column in range(wide)]
        for row in range(high)
    ]
    owner = [[(row, column) for column in range(wide)] for row in range(high)]
    for row in range(high):
        for column in range(wide):
            if not across[row][column]:
                owner[row][column] = owner[row][column - 1]
            elif not down[row][column]:
                owner[row][column] = owner[row - 1][column]
    lines: dict[tuple[int, int], list[tuple[float, list[str]]]] = {}
    bold: list[list[bool]] = [[] for _ in range(high)]
    for segment in sorted(segments, key=lambda segment: (segment.y0 + segment.y1, segment.x0)):
        row = min(max(bisect_right(ys, (segment.y0 + segment.y1) / 2) - 1, 0), high - 1)
        bold[row].append(segment.bold >= len(segment.words))
        for word, left, right in zip(segment.words, segment.lefts, segment.rights, strict=True):
            column = min(max(bisect_right(xs, (left + right) / 2) - 1, 0), wide - 1)
            cell = lines.setdefault(owner[row][column], [])
            if cell and abs(cell[-1][0] - segment.y1) < 0.4 * segment.size:
                cell[-1][1].append(word)
            else:
                cell.append((segment.y1, [word]))
    grid = Grid(xs[0], ys[0], xs[-1], ys[-1])
    for row in range(high):
        cells = [lines.get(owner[row][column], []) for column in range(wide)]
        # a cell over several columns stands in its first, in the head in each; one over several rows stands in each of them
        first = [column for column in range(wide) if column == 0 or owner[row][column] != owner[row][column - 1]]
        if row or len(first) == 1:
            cells = [cell if column in first else [] for column, cell in enumerate(cells)]
        else:
            grid.heads = 1 + (len(first) < wide)
        for texts in _baselines(cells):
            grid.rows.append(texts)
            grid.bold.append(bool(bold[row]) and all(bold[row]))
    return grid


def _parts(lines: Sequence[_Line], at: float, middle: float) -> bool:
    return any(abs(line.at - at) <= _NEAR and line.start - 1 <= middle <= line.end + 1 for line in lines)


def _baselines(cells: Sequence[_CellLines]) -> list[list[str]]:
    """One row, or as many as the cells have lines: lines are drawn between columns only, or below several rows."""
    filled = [cell for cell in cells if cell]
    most = max(map(len, filled), default=0)
    fullest = [cell for cell in filled if len(cell) == most]
    if most > 1 and len(fullest) > 1:
        levels = [at for at, _ in fullest[0]]
        rows = [[""] * len(cells) for _ in levels]
        are_level = True
        for column, cell in enumerate(cells):
            for at, words in cell:
                nearest = min(range(most), key=lambda number: abs(levels[number] - at))
                are_level = are_level and abs(levels[nearest] - at) <= _NEAR
                rows[nearest][column] = f"{rows[nearest][column]} {' '.join(words)}".strip()
        if are_level and (_has_column_of_values(fullest) or (most > 3 and len(fullest) == len(filled))):
            return rows
    return [[" ".join(word for _, words in cell for word in words) for cell in cells]]


def _has_column_of_values(cells: Sequence[_CellLines]) -> bool:
    """Whether each line of some cell is an amount: words may go on in the next line, amounts do not."""
    return any(all(is_value(" ".join(words)) for _, words in cell) for cell in cells)
