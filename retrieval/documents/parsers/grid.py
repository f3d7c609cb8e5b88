"""Rows and columns as text: each row a line that makes sense alone, whatever cells are blank, equal or merged.

Where the header row is sure, a row names its columns: "Stall: Loft; 2022: 300; 2023: –; 2024: 310." Where it is only
likely, the cells stand with bars between them and the first row is the context of the others. A cell that covers several
columns goes by all their names; a cell that covers several rows stands in each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from .base import BlockKind
from .builder import TextBuilder
from .cell import Cell, clipped, place
from .columns import settle_columns
from .groups import Groups
from .heads import column_names, header_rows, widened

BLANK = "–"
_LONGEST_REPEATED = 300  # characters of what stands in several rows
_LONGEST_ROW = 900  # characters; a longer row is cut between cells, and each part begins with the first cell


def write_table(
    builder: TextBuilder,
    rows: Sequence[Sequence[Cell]],
    *,
    context: str = "",
    first_row_names: bool = False,
    grouped: bool = False,
) -> None:
    """Write the rows as blocks. `first_row_names`: the format hints that the first row names the columns; `grouped`: labels
    have the names of their groups already."""
    placed = [row for row in map(place, rows) if row]
    write_placed(builder, placed, context=context, first_row_names=first_row_names, grouped=grouped)


def write_placed(
    builder: TextBuilder,
    rows: Sequence[list[Cell]],
    *,
    context: str = "",
    first_row_names: bool = False,
    grouped: bool = False,
) -> None:
    """The same of rows whose cells know their columns and are not blank."""
    lines = list(_lines(rows, context, first_row_names, grouped))
    for text, row_context in lines[:-1]:
        builder.add(text, BlockKind.TABLE_ROW, context=row_context, after="\n")
    for text, row_context in lines[-1:]:
        builder.add(text, BlockKind.TABLE_ROW, context=row_context)


def _lines(rows: Sequence[list[Cell]], context: str, first_row_names: bool, grouped: bool) -> Iterator[tuple[str, str]]:
    """Each line with its context."""
    rows = settle_columns(rows)
    width = max((cell.start + cell.columns for row in rows for cell in row), default=0)
    first = 0
    while first < len(rows) - 1 and width > 1 and len(rows[first]) == 1 and _is_caption(rows[first][0], rows[first + 1 :]):
        yield rows[first][0].text, context
        context = _joined(context, rows[first][0].text)
        first += 1
    body = rows[first:]
    heads, sure = header_rows(body, first_row_names=first_row_names)
    names = column_names(widened(body[:heads], width), width)
    if heads and (not sure or heads == len(body)):
        yield from ((bars(row), context) for row in body[:heads])
    group = ""
    groups = Groups(body[heads:], width, name=names[0]) if sure and not grouped else None
    for row in body[heads:]:
        if len(row) == 1 and row[0].columns == width > 2:
            group = row[0].text  # a line across the table says what the rows below it are
            yield group, context
        elif sure:
            if (below := groups.place(row) if groups is not None else row) is not None:
                yield from ((line, _joined(context, group)) for line in named_row(names, below))
        else:
            above = _joined(context, bars(body[0]) if heads else "")
            yield bars(row), _joined(above, group)


def named_row(names: Sequence[str], row: Sequence[Cell], longest: int = _LONGEST_ROW) -> Iterator[str]:
    """A row as lines in which every cell stands with the name of its column; one longer than `longest` is several."""
    key, length = "", 0
    parts: list[str] = []
    for cell in _with_blanks(names, row):
        covered = dict.fromkeys(name for name in names[cell.start : cell.start + min(cell.columns, 12)] if name)
        name = ", ".join(covered)
        part = f"{name}: {cell.text}" if name else cell.text
        if parts and length + len(part) > longest:
            yield _sentence(parts)
            parts, length = [key], len(key)
        key = key or clipped(part, _LONGEST_REPEATED)
        parts.append(part)
        length += len(part) + 2
    if parts:
        yield _sentence(parts)


def rows_in_place(heads: Sequence[list[Cell]], rows: Sequence[list[Cell]]) -> list[str]:
    """Each row on one line, for formats whose text keeps the lines of the file. `heads`: rows that surely name columns."""
    width = max((cell.start + cell.columns for row in (*heads, *rows) for cell in row), default=0)
    names = column_names(heads, width)
    return [row_in_place(names, row) for row in rows]


def row_in_place(names: Sequence[str], row: Sequence[Cell]) -> str:
    """A row on one line, however long; where no column has a name, with bars between its cells."""
    return next(named_row(names, row, sys.maxsize), "") if any(names) else bars(row)


def _with_blanks(names: Sequence[str], row: Sequence[Cell]) -> list[Cell]:
    """The row with a dash for each cell that is blank, where most are not: what is not there is an answer too."""
    if len(row) >= len(names):  # none is blank; tables of values have a million such rows
        return list(row)
    covered = {column for cell in row for column in range(cell.start, cell.start + cell.columns)}
    blank = [  # a name over several columns is blank once
        column
        for column, name in enumerate(names)
        if name and column not in covered and not (column and name == names[column - 1] and column - 1 not in covered)
    ]
    if len(blank) > len(covered):
        return list(row)
    return sorted([*row, *(Cell(BLANK, start=column) for column in blank)], key=lambda cell: cell.start)


def bars(row: Sequence[Cell]) -> str:
    """A row as it stands, a bar between columns, blank ones kept."""
    text, column = "", 0
    for cell in row:
        text += " | " * (cell.start - column if column else 0) if cell.start > column and column else ""
        text += " | " if column else "| " * min(cell.start, 12)
        text += cell.text
        column = cell.start + cell.columns
    return text


def _sentence(parts: Sequence[str]) -> str:
    line = "; ".join(part.rstrip(";") for part in parts)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _is_caption(cell: Cell, below: Sequence[list[Cell]]) -> bool:
    return not cell.start and any(len(row) > 1 for row in below[:3])


def _joined(*parts: str) -> str:
    return clipped(" · ".join(part for part in parts if part), _LONGEST_REPEATED)
