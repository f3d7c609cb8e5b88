"""Tables drawn with characters, as reStructuredText has them: each row with the names of its columns, at its first line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..cell import Cell, place
from ..grid import rows_in_place

_GRID_BORDER = re.compile(r"\+[-=+]+\+\s*$")
_GRID = re.compile(r"\s*\+(?:[-=]+\+)+\s*$")
_SIMPLE = re.compile(r"\s*=+(?:\s+=+)+\s*$")
_Row = tuple[int, list[str]]  # the line it begins in, and its cells


def read_table(lines: Sequence[str], at: int, last: int) -> tuple[int, list[tuple[int, str]]]:
    """The end of the table that begins at line `at`, and its rows with their lines; `at` itself where none begins there."""
    if _GRID.match(lines[at]):
        end = at
        while end < last and lines[end].lstrip().startswith(("+", "|")):
            end += 1
        rows = _grid_rows(lines[at:end])
    elif _SIMPLE.match(lines[at]):
        borders = [number for number in range(at + 1, min(last, at + 3000)) if _SIMPLE.match(lines[number])]
        closing = [number for number in borders if number + 1 >= last or not lines[number + 1].strip()]
        if not closing:
            return at, []
        end = closing[0] + 1
        rows = _simple_rows(lines[at:end])
    else:
        return at, []
    return end, [(at + offset, text) for offset, text in rows]


def _grid_rows(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Rows of a table with borders all around; the head stands above a border of equals signs."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    edges = sorted({at for line in lines if _GRID_BORDER.match(line.strip()) for at, sign in enumerate(line) if sign == "+"})
    rows: list[_Row] = []
    heads = 0
    current: list[str] = []
    first = 0
    for number, line in enumerate(lines):
        is_partial = line[indent : indent + 1] == "|" and "+--" in line
        if _GRID_BORDER.match(line.strip()) or is_partial:
            if any(cell.strip() for cell in current):
                rows.append((first, current))
            current = []
            if "=" in line and not is_partial:
                heads = len(rows)
            continue
        if not current:
            current, first = [""] * max(len(edges) - 1, 1), number
        for column, text in _grid_cells(line, edges):
            current[column] += f" {text}"
    if any(cell.strip() for cell in current):
        rows.append((first, current))
    return _named(rows, heads)


def _grid_cells(line: str, edges: Sequence[int]) -> Iterator[tuple[int, str]]:
    """What stands between the bars of a line, with the column in which it begins."""
    start, column = None, 0
    for index, edge in enumerate(edges):
        if edge < len(line) and line[edge] in "|+":
            if start is not None:
                yield column, line[start + 1 : edge].strip()
            start, column = edge, min(index, max(len(edges) - 2, 0))


def _simple_rows(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Rows of a table whose columns are given by lines of equals signs; a row whose first cell is blank goes on."""
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    borders = [number for number, line in enumerate(lines) if line.strip() and not line.strip("= ")]
    rows: list[_Row] = []
    heads = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.strip("= "):
            if number == (borders[1] if len(borders) > 2 else -1):
                heads = len(rows)
            continue
        if not line.strip("- "):
            continue
        cells = [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
        if rows and not cells[0] and len(rows) > heads:
            rows[-1] = (rows[-1][0], [f"{before} {cell}".strip() for before, cell in zip(rows[-1][1], cells, strict=True)])
        else:
            rows.append((number, cells))
    return _named(rows, heads)


def _named(rows: Sequence[_Row], heads: int) -> list[tuple[int, str]]:
    heads = heads if heads < len(rows) else 0
    placed = [place([Cell(cell.lstrip("\\ ")) for cell in cells]) for _, cells in rows]
    numbers = [number for number, _ in rows]
    return list(zip(numbers[heads:], rows_in_place(placed[:heads], placed[heads:]), strict=True))
