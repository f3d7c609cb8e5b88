"""Lines of a table of figures that name the rows below them: "Cost of sales:" above "Products" and "Services"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .cell import Cell
from .heads import has_column_of_values, is_unit

_LONGEST_NAME = 100  # characters; what is longer is a note
_ENDS = re.compile(r"^(?:total|sum|subtotal|gesamt|summe|suma)\b", re.IGNORECASE)


class Groups:
    """Takes the rows below the names of the columns in their order, and puts the names of their groups to their labels."""

    def __init__(self, rows: Sequence[list[Cell]], width: int, *, name: str) -> None:
        """`name`: of the column of labels. Where it has one, a label by itself may be a row without values."""
        names = width > 1 and len(rows) > 2 and has_column_of_values([row[1:] for row in rows if len(row) > 1])
        self._following = iter([*rows[1:], []]) if names else None
        self._has_name = bool(name) and not is_unit(name)
        self._names: list[str] = []
        self._is_open = False  # the row before named a group as well

    def place(self, row: list[Cell]) -> list[Cell] | None:
        """The row below its groups; None where it names one itself."""
        if self._following is None:
            return row
        following = next(self._following)
        if _names_group(row) and following and (not self._has_name or row[0].text.endswith(":")):
            self._names = [*self._names[-1:], row[0].text.rstrip(": ")] if self._is_open else [row[0].text.rstrip(": ")]
            self._is_open = True
            return None
        self._is_open = False
        if not self._names or row[0].start:
            return row
        label = row[0].text
        if _ENDS.match(label):
            names, self._names = self._names, []
            if " " in label:
                return row  # it says itself what it is the total of
        else:
            names = self._names
        return [replace(row[0], text=": ".join([*names, label])), *row[1:]]


def _names_group(row: Sequence[Cell]) -> bool:
    text = row[0].text
    return len(row) == 1 and not row[0].start and len(text) <= _LONGEST_NAME and not text.endswith((".", ";"))
