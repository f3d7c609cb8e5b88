"""A cell of a table, and the column that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_COLUMNS = 1024  # a cell may claim to cover a billion


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    columns: int = 1  # how many it covers
    header: bool = False  # the document says, or shows by bold letters, that it names a column
    start: int = 0  # the column it begins in, set by `place`


def place(cells: Sequence[Cell]) -> list[Cell]:
    """One row with each cell's column, blank ones left out."""
    placed, column = [], 0
    for cell in cells:
        columns = max(1, min(cell.columns, MOST_COLUMNS - column))
        if column >= MOST_COLUMNS:
            break
        if text := " ".join(cell.text.split()):
            placed.append(Cell(text, columns, cell.header, column))
        column += columns
    return placed


def clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
