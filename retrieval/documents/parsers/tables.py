"""Tables of any format as rows that can be read alone: each value with the name of its column, spans resolved within bounds.

"Ticket: Season; Adult: –; Child: 80.00" says what the row says, whatever stands above it; a blank cell keeps its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .base import BlockKind
from .builder import TextBuilder

BLANK = "–"
_MOST_SPANNED = 100_000  # cells that exist only because another spans them, in one table
_WIDEST_SPAN = 200  # columns
_LONGEST_ROW = 900  # characters; a longer one is cut between cells, each part with the row's first value
_LONGEST_KEY = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell, on one line."""

    text: str = ""
    is_header: bool = False
    columns: int = 1  # that it spans
    rows: int = 1


_EMPTY = Cell()


def add_table(
    builder: TextBuilder, rows: Sequence[Sequence[Cell]], *, context: str = "", kind: BlockKind | None = None
) -> None:
    """Each row as a block of its own. Leading rows of header cells alone name the columns.

    `context`: what the table is about (its caption, what it stands under); `kind`: of its blocks, where they are no rows.
    """
    grid = [row for row in _resolve(rows) if any(cell is not None and cell.text for cell in row)]
    heads = 0
    while heads < len(grid) - 1 and _names_columns(grid[heads]):
        heads += 1
    names = _column_names(grid[:heads])
    section = ""
    for row in grid[heads:]:
        cells = [cell for cell in row if cell is not None]
        filled = {id(cell): cell for cell in cells if cell.text}
        if len(filled) == 1 and len(cells) > 1 and len({id(cell) for cell in cells}) == 1:
            section = next(iter(filled.values())).text
        above = " > ".join(part for part in (context, section) if part)
        for line in _lines(row, names):
            builder.add(line, kind or BlockKind.TABLE_ROW, context=above if line != section else context, after="\n")
    if grid:
        builder.end_rows()


def _resolve(rows: Sequence[Sequence[Cell]]) -> list[list[Cell | None]]:
    """Each row with a cell a column: a cell stands in every place it spans; None where no cell is."""
    grid: list[list[Cell | None]] = []
    below: dict[int, tuple[int, Cell]] = {}  # columns taken from above: for how many more rows, and by what
    spanned = 0
    for row in rows:
        line: list[Cell | None] = []
        cells = iter(row)
        cell = next(cells, None)
        while cell is not None or len(line) <= max(below, default=-1):
            at = len(line)
            if at in below:
                left, above = below.pop(at)
                line.append(above)
                spanned += 1
                if left > 1 and spanned < _MOST_SPANNED:
                    below[at] = (left - 1, above)
            elif cell is None:
                line.append(None)
            else:
                width = max(1, min(cell.columns, _WIDEST_SPAN)) if spanned < _MOST_SPANNED else 1
                for column in range(at, at + width):
                    line.append(cell)
                    if cell.rows > 1 and spanned < _MOST_SPANNED:
                        below[column] = (cell.rows - 1, cell)
                spanned += width - 1
                cell = next(cells, None)
        grid.append(line)
    return grid


def _names_columns(row: Sequence[Cell | None]) -> bool:
    filled = {id(cell): cell for cell in row if cell is not None and cell.text}
    return len(filled) > 1 and all(cell.is_header for cell in filled.values())


def _column_names(heads: Sequence[Sequence[Cell | None]]) -> list[str]:
    width = max((len(row) for row in heads), default=0)
    names = []
    for column in range(width):
        parts = [cell.text for row in heads if column < len(row) and (cell := row[column]) is not None and cell.text]
        names.append(" / ".join(dict.fromkeys(parts)))
    return names


def _lines(row: Sequence[Cell | None], names: Sequence[str]) -> Iterator[str]:
    """The row in a line, or in several that each begin with its first value."""
    separator = "; " if names else " | "
    parts = list(_named(row, names))
    while parts and parts[-1] == BLANK:
        parts.pop()
    line = separator.join(parts)
    if len(line) <= _LONGEST_ROW or len(parts) < 3:
        yield line
        return
    key = parts[0] if len(parts[0]) <= _LONGEST_KEY else ""
    current = [parts[0]]
    for part in parts[1:]:
        if len(current) > 1 and sum(map(len, current)) + len(part) > _LONGEST_ROW:
            yield separator.join(current)
            current = [key] if key else []
        current.append(part)
    yield separator.join(current)


def _named(row: Sequence[Cell | None], names: Sequence[str]) -> Iterator[str]:
    """Each cell once, with the names of all columns it spans."""
    column = 0
    while column < max(len(row), len(names)):
        cell = row[column] if column < len(row) else None
        first = column
        column += 1
        while cell is not None and column < len(row) and row[column] is cell:
            column += 1
        text = cell.text if cell is not None and cell.text else BLANK
        name = " / ".join(dict.fromkeys(name for name in names[first:column] if name))
        if name:
            yield f"{name}: {text}"
        elif text != BLANK or (not names and first < len(row)):
            yield text
