"""The columns of a table as they are meant: "$", "1,234" and ")" in cells of their own are a single column.

Financial statements are laid out so: signs stand apart from their amounts, and blank columns part the amounts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .amounts import CLOSING, CURRENCY, is_amount, tidy
from .cell import Cell

_LONGEST_SIGN = 4  # characters


def settle_columns(rows: Sequence[list[Cell]]) -> Sequence[list[Cell]]:
    """The rows with signs joined to their amounts; where no cell of any row begins, no column does."""
    if not any(cell.columns > 1 or _is_sign(cell.text) for row in rows for cell in row):
        return rows
    joints = _joints(rows)
    starts = sorted({0, *(cell.start for row in rows for cell in row)} - joints)
    return [_settled(row, starts) for row in rows]


def _joints(rows: Sequence[list[Cell]]) -> set[int]:
    """The columns that go on with the column before them: no row has words of its own in both."""
    joints: set[int] = set()
    others: set[int] = set()
    for row in rows:
        for left, right in _adjacent(row):
            if _belong(left.text, right.text):
                joints.add(right.start)
            elif left.text != right.text:
                others.add(right.start)
    return joints - others


def _adjacent(row: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    return ((left, right) for left, right in pairwise(row) if left.start + left.columns == right.start)


def _belong(left: str, right: str) -> bool:
    if _is_sign(right) and CLOSING.match(right):
        return is_amount([left])
    return _is_sign(left) and bool(CURRENCY.match(left) or left == "(") and is_amount([right])


def _is_sign(text: str) -> bool:
    return len(text) <= _LONGEST_SIGN and bool(CURRENCY.match(text) or CLOSING.match(text) or text == "(")


def _settled(row: Sequence[Cell], starts: Sequence[int]) -> list[Cell]:
    settled: list[Cell] = []
    for cell in row:
        first = bisect_right(starts, cell.start) - 1
        columns = bisect_right(starts, cell.start + cell.columns - 1) - first
        if settled and settled[-1].start + settled[-1].columns > first:
            last = settled[-1]
            text = last.text if cell.text == last.text else tidy(f"{last.text} {cell.text}")
            columns = max(last.columns, first + columns - last.start)
            settled[-1] = Cell(text, columns, last.header and cell.header, last.start)
        else:
            settled.append(Cell(cell.text, columns, cell.header, first))
    return settled
