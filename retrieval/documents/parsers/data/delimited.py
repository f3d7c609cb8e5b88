"""Tables of values in text: each row a line that repeats the columns' names, so that a row makes sense alone.

Each row stands on the line on which it begins in the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ..base import Block, BlockKind, Parsed
from ..cell import Cell
from ..encoding import decode
from ..grid import row_in_place
from ..heads import name_of_column
from ..progress import report_alive
from .dialect import Dialect, find_dialect, names_columns

_MEDIA_TYPE = "text/csv"
_MOST_CELL = 10_000_000  # characters
_MOST_TITLES = 5  # lines above a table
_SIGN_EVERY = 10_000  # rows
Row = tuple[int, Sequence[str]]  # the number of its first line, from 0; its cells


def parse(content: bytes) -> Parsed:
    text = decode(content)
    csv.field_size_limit(_MOST_CELL)
    try:
        rows = list(_rows(text, find_dialect(text)))
    except csv.Error:  # a quote that never ends, most often
        return Parsed(text, _MEDIA_TYPE, has_lines=True, notes=("its quotes do not fit: read as plain text",))
    width = max((len(cells) for _, cells in rows), default=0)
    lead = 0
    while lead < min(len(rows) - 1, _MOST_TITLES) and sum(bool(cell) for cell in rows[lead][1]) == 1 < width - 1:
        lead += 1  # a title above the table
    table = [cells for _, cells in rows[lead:]]
    head = list(map(name_of_column, table[0])) if table and names_columns(table[0], table[1:]) else []
    parts: list[str] = []
    blocks: list[Block] = []
    length = line = 0
    for number, (begins, cells) in enumerate(rows):
        if number % _SIGN_EVERY == 0:
            report_alive()
        gap = "\n" * (begins - line)
        length += len(gap)
        parts.append(gap)
        line = begins
        level = 0
        if number < lead:  # each below the one before, so that rows stand under all of them
            row, kind, level = "; ".join(cell for cell in cells if cell), BlockKind.HEADING, number + 1
        elif number == lead and head:
            row = ", ".join(cell for cell in head if cell)
            kind = BlockKind.FURNITURE if len(table) > 1 and not lead else BlockKind.PARAGRAPH
            if len(table) == 1:  # names of columns without a row can be found, and no more
                kind, level = BlockKind.HEADING, lead + 1
        else:
            row, kind = _line(head, cells), BlockKind.TABLE_ROW
        blocks.append(Block(length, length + len(row), kind, level))
        parts.append(row)
        length += len(row)
    return Parsed("".join(parts), _MEDIA_TYPE, blocks=blocks, has_lines=True)


def _rows(text: str, dialect: Dialect) -> Iterator[Row]:
    skipped = text[: dialect.skipped].count("\n")
    for begins, row in dialect.rows(io.StringIO(text[dialect.skipped :], newline="\n")):
        if begins % _SIGN_EVERY == 0:
            report_alive()
        cells = [cell if cell.isalnum() else " ".join(cell.split()) for cell in row]
        if any(cells):
            yield skipped + begins, cells


def _line(names: Sequence[str], cells: Sequence[str]) -> str:
    if not names:
        return " | ".join(cells)
    beyond = [f"column {at + 1}" for at in range(len(names), len(cells))]
    return row_in_place([*names, *beyond], [Cell(cell, start=column) for column, cell in enumerate(cells) if cell])
