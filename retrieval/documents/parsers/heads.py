"""Which rows of a table name its columns, and what they call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .cell import Cell, clipped

_LONGEST_LABEL = 60  # characters; longer cells are no names of columns
_MOST_HEADS = 5  # rows that name the columns
_LONGEST_NAME = 100  # characters of a column's name; a row repeats it
_NUMBER = re.compile(r"^[^\w(+.,-]{0,3}\(?[-+−–]?[\d.,'’\s]*\d[\d.,'’\s]*\)?\s*(?:[^\w\s]{1,3}|[A-Za-zµ°²³/]{1,5})?$")
_YEAR = re.compile(r"^(?:19|20)\d\d(?:\s*[/–-]\s*(?:\d\d|(?:19|20)\d\d))?$")
_RANGE = re.compile(r"^\d[\d.,:]*\s?[/–-]\s?\d[\d.,:]*\s?%?$")
_UNIT = re.compile(r"^\([^()]*\):?$")  # "(in millions)"
_PERIOD = re.compile(r"\b(?:19|20)\d\d$|^[A-Z][a-z]{2}[ -]\d\d$")  # "June 30, 2023"
_DATE = re.compile(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ]\d.*)?$|^\d{1,2}:\d{2}(?::\d{2})?$")


def header_rows(rows: Sequence[list[Cell]], *, first_row_names: bool = False) -> tuple[int, bool]:
    """How many rows at the top name the columns, and whether that is sure."""
    if len(rows) < 2 or max(len(row) for row in rows) < 2:
        return 0, False
    marked = 0
    while marked < min(4, len(rows) - 1) and all(cell.header for cell in rows[marked]):
        marked += 1
    if marked and not all(cell.header for row in rows for cell in row):
        return _heads_below(rows, marked), True
    if (apart := _heads_beside_blank(rows)) and has_column_of_values(rows[apart:]):
        return apart, True
    labels = [cell.text for cell in rows[0]]
    if not all(map(_is_label, labels)) or len(rows[0]) < 2:
        return 0, False
    heads = 2 if len(rows) > 2 and any(cell.columns > 1 for cell in rows[0]) and _all_labels(rows[1]) else 1
    body = rows[heads:]
    if has_column_of_values(body):
        return heads, True
    distinct = len(set(labels)) == len(labels) and not any(cell.text in labels for row in body for cell in row)
    covers = sum(cell.columns for cell in rows[0]) + 1 >= max(sum(cell.columns for cell in row) for row in body)
    if not (distinct and covers):
        return 0, False
    return heads, first_row_names and len(labels) > 2


def _heads_beside_blank(rows: Sequence[list[Cell]]) -> int:
    """How many rows at the top stand above amounts only: nothing, or a unit, is where the rows below have their label."""
    count = 0
    while count < min(_MOST_HEADS, len(rows) - 1) and _names_beside_blank(rows[count]):
        count += 1
    if count == 1 and len(rows[0]) == rows[0][0].columns == 1 and not _is_period(rows[0][0].text):
        return 0
    if count and len(rows) > count + 1 and _names_periods(rows[count][1:]):
        count += 1
    return count


def _heads_below(rows: Sequence[list[Cell]], marked: int) -> int:
    """The rows that go on with the names that `marked` rows begin, though they are not marked themselves."""
    count = marked
    while count < min(_MOST_HEADS, len(rows) - 1) and _names_beside_blank(rows[count]):
        covering = any(cell.columns > 1 for cell in rows[count - 1])
        if not covering and not _names_periods(rows[count]):
            break
        count += 1
    return count


def is_unit(text: str) -> bool:
    """Whether it says what the amounts of a table are counted in: "(in millions)"."""
    return bool(_UNIT.match(text))


def _names_beside_blank(row: Sequence[Cell]) -> bool:
    names = row[1:] if is_unit(row[0].text) and not row[0].start else row
    return bool(names) and names[0].start > 0 and all(_may_name(cell.text) for cell in names)


def _may_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and any(map(str.isalnum, text)) and (_is_label(text) or bool(_DATE.match(text)))


def _names_periods(row: Sequence[Cell]) -> bool:
    return len(row) > 1 and all(_is_period(cell.text) for cell in row)


def _is_period(text: str) -> bool:
    return bool(_PERIOD.search(text) or _DATE.match(text))


def widened(heads: Sequence[list[Cell]], width: int) -> Sequence[list[Cell]]:
    """Names of several columns that stand in the first of them only, as in a sheet whose cells are not merged."""
    if len(heads) < 2 or any(cell.columns > 1 for row in heads for cell in row):
        return heads
    named = {cell.start for cell in heads[-1]}
    rows = []
    for row in heads[:-1]:
        ends = [*(cell.start for cell in row[1:]), width]
        reaches = (
            next((column for column in range(cell.start + 1, end) if column not in named), end)
            for cell, end in zip(row, ends, strict=True)
        )
        rows.append(
            [
                replace(cell, columns=reach - cell.start) if cell.start in named and cell.start else cell
                for cell, reach in zip(row, reaches, strict=True)
            ]
        )
    return [*rows, heads[-1]]


def column_names(heads: Sequence[list[Cell]], width: int) -> list[str]:
    """The name of each column: what the header rows say above it, each word once."""
    names: list[list[str]] = [[] for _ in range(width)]
    for row in heads:
        for cell in row:
            for column in range(cell.start, min(cell.start + cell.columns, width)):
                if cell.text not in names[column]:
                    names[column].append(cell.text)
    return [name_of_column(" ".join(parts)) for parts in names]


def name_of_column(text: str) -> str:
    """What a header's cell says, as rows repeat it."""
    return clipped(" ".join(text.split()), _LONGEST_NAME).rstrip(": ")


def is_value(text: str) -> bool:
    """A number, an amount, a date or a time: what stands in a table's body rather than in its header."""
    return len(text) < 40 and bool(_NUMBER.match(text) or _DATE.match(text))


def _is_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and (not is_value(text) or bool(_YEAR.match(text)))


def _all_labels(row: Sequence[Cell]) -> bool:
    return all(_is_label(cell.text) for cell in row)


def has_column_of_values(rows: Sequence[list[Cell]]) -> bool:
    """Whether some column holds values for the most part."""
    values: dict[int, int] = {}
    filled: dict[int, int] = {}
    for row in rows[:200]:
        for cell in row:
            filled[cell.start] = filled.get(cell.start, 0) + 1
            values[cell.start] = values.get(cell.start, 0) + bool(is_value(cell.text) or _RANGE.match(cell.text))
    return any(values[column] * 2 > filled[column] for column in filled)
