"""Cells that reach over several rows, put into each of them."""

from __future__ import annotations

from collections.abc import Sequence

from .cell import MOST_COLUMNS, Cell

_MOST_SPREAD = 20_000  # cells of one table that exist only because another reaches into their place
Reaching = tuple[Cell, int]  # a cell, and how many rows it stands in


def spread(rows: Sequence[Sequence[Reaching]]) -> list[list[Cell]]:
    """Each row with all its cells, blank ones too, in the order of their columns."""
    complete: list[list[Cell]] = []
    below: dict[int, Reaching] = {}  # by the column it begins in: what reaches further down, and how far
    room = _MOST_SPREAD
    for row in rows:
        placed: list[Cell] = []
        column = 0
        cells = iter(row)
        cell = next(cells, None)
        while column < MOST_COLUMNS and (cell is not None or any(start >= column for start in below)):
            if column in below:
                above, left = below.pop(column)
                if left > 1 and room > 0:
                    below[column] = (above, left - 1)
                    room -= 1
                placed.append(above)
            elif cell is None:
                placed.append(Cell(""))
            else:
                placed.append(cell[0])
                if cell[1] > 1 and room > 0:
                    below[column] = (cell[0], cell[1] - 1)
                    room -= 1
                cell = next(cells, None)
            column += max(1, min(placed[-1].columns, MOST_COLUMNS))
        complete.append(placed)
    return complete
