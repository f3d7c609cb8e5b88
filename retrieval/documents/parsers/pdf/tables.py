"""Tables: found by their columns where no lines are drawn; and which rows name the columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..cell import Cell, place
from ..heads import column_names, header_rows, is_value
from .definitions import hanging_end
from .figures import find_figures
from .grids import Grid
from .layout import Row
from .page import Segment, Span

_MOST_COLUMNS = 40
_FEWEST_ROWS = 3  # with cells side by side; two suffice from three columns on
_LONG = 30  # points, of a line below the names of columns
_LONGEST_NAME = 80  # characters, of a column
_DASHES = re.compile(r"[-=_–—+|\s]{3,}")
BULLET = re.compile(r"^(?:[•‣▪◦●○■□–—*·➢✓-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])$")


@dataclass(slots=True)
class Table:
    """`head` is empty where nothing makes sure that the first row names the columns."""

    head: list[str]
    rows: list[list[Cell]]
    title: str = ""  # what stands in it across all columns, above the head

    @property
    def width(self) -> int:
        """In columns."""
        return max((sum(cell.columns for cell in row) for row in self.rows), default=0)

    def cells(self) -> list[list[Cell]]:
        title = [[Cell(self.title)]] if self.title else []
        names = [[Cell(name, header=True) for name in self.head]] if self.head else []
        return title + names + self.rows


def of_grid(grid: Grid) -> Table:
    rows = [row for row in grid.rows if any(row)]
    bold = [flag for row, flag in zip(grid.rows, grid.bold, strict=True) if any(row)]
    if len(rows) > 2 and sum(map(bool, rows[0])) == 1 and len(rows[0]) > 1:
        return replace(_headed(rows[1:], bold[1:], 1), title="".join(rows[0]))
    return _headed(rows, bold, grid.heads)


def _headed(rows: list[list[str]], marked: Sequence[bool], heads: int) -> Table:
    """`marked`: rows that are printed bold, or with a line below; `heads`: how many may name the columns."""
    cells = [_cells(row, merged=heads > 1 and not number) for number, row in enumerate(rows)]
    if marked[0] and not all(marked) and all(len(cell.text) <= _LONGEST_NAME for cell in cells[0]):
        cells[:heads] = [[replace(cell, header=True) for cell in row] for row in cells[:heads]]
    placed = [place(row) for row in cells]
    count, sure = header_rows(placed)
    if not sure:
        return Table([], cells)
    return Table(column_names(placed[:count], max(map(len, rows))), cells[count:])


def _cells(row: Sequence[str], *, merged: bool) -> list[Cell]:
    """`merged`: equal ones beside each other are one cell, drawn over several columns."""
    cells: list[Cell] = []
    for text in row:
        if merged and cells and text and text == cells[-1].text:
            cells[-1] = replace(cells[-1], columns=cells[-1].columns + 1)
        else:
            cells.append(Cell(text))
    return cells


def _is_numeric(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(map(is_value, filled)) > 0.6 * len(filled)


@dataclass(slots=True)
class Stretch:
    """`rows[start:end]` of a region: a table, or terms with what stands beside them and is said of them."""

    start: int
    end: int
    table: Table | None
    definitions: Sequence[Sequence[str]] = ()


def undrawn_tables(rows: Sequence[Row], rules: Sequence[Span]) -> list[Stretch]:
    """The stretches of `rows` whose cells stand below each other. `rules`: the level lines that are drawn."""
    lines = [(y0 + y1) / 2 for x0, y0, x1, y1 in rules if x1 - x0 > _LONG]
    stretches: list[Stretch] = []
    at = 0
    for figures in find_figures(rows, rules):
        stretches += _beyond_figures(rows, at, figures.start, lines)
        cells = [[Cell(text) for text in row] for row in figures.body]
        stretches.append(Stretch(figures.start, figures.end, Table(figures.head, cells)))
        at = figures.end
    return [*stretches, *_beyond_figures(rows, at, len(rows), lines)]


def _beyond_figures(rows: Sequence[Row], first: int, last: int, lines: Sequence[float]) -> list[Stretch]:
    """The stretches of `rows[first:last]`."""
    within = _by_columns(rows[first:last], lines)
    return [replace(stretch, start=stretch.start + first, end=stretch.end + first) for stretch in within]


def _by_columns(rows: Sequence[Row], lines: Sequence[float]) -> list[Stretch]:
    stretches: list[Stretch] = []
    start = 0
    while start < len(rows):
        end = _reach(rows, start)
        stretch = _stretch(rows, start, end, lines) if end - start >= 2 else None
        if stretch is not None:
            stretches.append(stretch)
            start = stretch.end
        else:
            start += 1
    return stretches


def _reach(rows: Sequence[Row], start: int) -> int:
    """From a row with several cells on, as long as rows have cells or may be a cell's second line."""
    if len(rows[start].pieces) < 2 or rows[start].mono or _is_listed(rows[start]) or hanging_end(rows, start):
        return start
    end, last_cells, widest = start + 1, start, 0.0
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        gap = row.y0 - above.y1
        if gap > 1.8 * row.size or row.mono or _is_listed(row) or (len(row.pieces) == 2 and hanging_end(rows, end)):
            break
        if row.size > 1.2 * rows[start].size:
            break
        if end - start > 1 and gap > 0.3 * row.size + 2 * max(widest, 0.0):
            break
        widest = max(widest, gap)
        if len(row.pieces) > 1:
            last_cells = end
        elif end - last_cells > 4:
            break
        elif row.x0 < rows[start].x0 + 1 and row.x1 > rows[start].pieces[-1].x0 and row.words > 4:
            break  # a line of prose from edge to edge
        end += 1
    while end - 1 > last_cells and not _hangs(rows[end - 1], rows[last_cells]):
        end -= 1
    return end


def _is_listed(row: Row) -> bool:
    return len(row.pieces) == 2 and bool(BULLET.match(row.pieces[0].text))


def _hangs(row: Row, above: Row) -> bool:
    """Stands below a cell other than the first."""
    return row.x0 > above.pieces[0].x1 and any(abs(piece.x0 - row.x0) < row.size for piece in above.pieces[1:])


def _stretch(rows: Sequence[Row], start: int, end: int, lines: Sequence[float]) -> Stretch | None:
    with_cells = [row for row in rows[start:end] if len(row.pieces) > 1]
    edges = _columns(with_cells)
    if not 2 <= len(edges) <= _MOST_COLUMNS:
        return None
    if len(with_cells) < (_FEWEST_ROWS if len(edges) == 2 else 2):
        return None
    cells: list[list[list[Segment]]] = []
    for row in rows[start:end]:
        line: list[list[Segment]] = [[] for _ in edges]
        for piece in row.pieces:
            line[_column_of(piece, edges)].append(piece)
        cells.append(line)
    groups = _grouped(rows[start:end], cells, edges)
    texts = [
        [" ".join(piece.text for line in group for piece in cells[line][column]) for column in range(len(edges))]
        for group in groups
    ]
    if len(edges) == 2 and _defines(texts, groups, cells):
        return Stretch(start, end, None, texts)
    if not _holds_cells(texts):
        return None
    bold = [
        all(piece.bold >= len(piece.words) for line in group for cell in cells[line] for piece in cell) for group in groups
    ]
    if len(groups) > 1 and not any(bold):
        above, below = rows[start + groups[0][-1]], rows[start + groups[1][0]]
        bold[0] = any(above.y1 - 2 <= line <= below.y0 + 2 for line in lines) or _is_dashes(texts[1])
    kept = [number for number, row in enumerate(texts) if not _is_dashes(row)]
    return Stretch(start, end, _headed([texts[number] for number in kept], [bold[number] for number in kept], 1))


def _is_dashes(row: Sequence[str]) -> bool:
    return bool(_DASHES.fullmatch("".join(row)))


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The columns' extents: what most rows leave free parts them."""
    marks: list[tuple[float, int]] = []
    for row in rows:
        for piece in row.pieces:
            marks += [(piece.x0, 1), (piece.x1, -1)]
    marks.sort(key=lambda mark: (mark[0], -mark[1]))
    allowed = 0 if len(rows) < 6 else max(1, len(rows) // 10)  # rows with a cell over several columns
    columns: list[tuple[float, float]] = []
    depth, begin = 0, 0.0
    for at, step in marks:
        before, depth = depth, depth + step
        if before <= allowed < depth:
            begin = at
        elif depth <= allowed < before:
            columns.append((begin, at))
    return columns


def _column_of(piece: Segment, edges: Sequence[tuple[float, float]]) -> int:
    overlaps = [min(piece.x1, right) - max(piece.x0, left) for left, right in edges]
    return overlaps.index(max(overlaps))


def _grouped(
    rows: Sequence[Row], cells: Sequence[Sequence[Sequence[Segment]]], edges: Sequence[tuple[float, float]]
) -> list[list[int]]:
    """Lines that are one row of the table: a line with one cell below a cell that is full goes on with it."""
    gaps = sorted(below.y0 - above.y0 for above, below in pairwise(rows))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    groups: list[list[int]] = []
    for number, line in enumerate(cells):
        filled = [column for column, cell in enumerate(line) if cell]
        goes_on = False
        if groups and filled and filled[0] > 0:
            above = cells[number - 1]
            close = rows[number].y0 - rows[number - 1].y0 < 1.45 * rows[number].size
            tight = close and rows[number].y0 - rows[number - 1].y0 <= usual + 1
            full = all(
                above[column] and above[column][-1].x1 - edges[column][0] > 0.6 * (edges[column][1] - edges[column][0])
                for column in filled
            )
            goes_on = close and (full or (tight and len(filled) < len(edges) - 1 and len(edges) == 2))
        if goes_on:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _defines(
    texts: Sequence[Sequence[str]], groups: Sequence[Sequence[int]], cells: Sequence[Sequence[Sequence[Segment]]]
) -> bool:
    """Short terms at the left, prose at the right."""
    meanings = [row[1] for row in texts if row[0]]
    prose = sum(len(text.split()) for text in meanings) / max(len(meanings), 1)
    terms = sum(len(row[0].split()) for row in texts) / len(texts)
    return terms <= 4 and prose >= 5 and not _is_numeric(meanings)


def _holds_cells(texts: Sequence[Sequence[str]]) -> bool:
    """Cells are short and no formula's signs, and most rows have more than one."""
    cells = [cell for row in texts for cell in row if cell]
    several = sum(sum(map(bool, row)) > 1 for row in texts)
    signs = sum(not any(letter.isalnum() for letter in cell) for cell in cells)
    kinds = sum(row[-1].startswith("[") and row[-1].endswith("]") for row in texts)  # "[Function]", at the right of a title
    if len(texts[0]) == 2 and kinds > 0.5 * several:
        return False
    short = sum(len(cell.split()) for cell in cells) <= 8 * len(cells)
    return several >= 0.6 * len(texts) and signs <= 0.25 * len(cells) and short
