"""Tables written as lists of lists, or as comma-separated values: each row with the names of its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from ..base import BlockKind
from ..cell import Cell, place
from ..grid import rows_in_place
from ..lines import LineBuilder

_ROW = re.compile(r"(\s*)([*+-])(\s+)([*+-])(\s+|$)")
_CELL = re.compile(r"(\s*)([*+-])(\s+|$)")
_HEADS = re.compile(r"\s*:header-rows:\s*(\d{1,2})\s*$")
_HEADER = re.compile(r"\s*:header:\s*(\S.*)$")
_DELIMITER = re.compile(r"\s*:delim:\s*(\S+)\s*$")
_DELIMITERS = {"tab": "\t", "space": " "}
_Row = tuple[int, list[str]]  # the line it begins in, and its cells


def add_listed_table(
    document: LineBuilder, lines: Sequence[str], span: tuple[int, int, int], name: str, title: str, context: str
) -> None:
    """Put the rows of a `list-table` or `csv-table` in its place. `span`: its first line, that of its content, its end."""
    at, body, end = span
    rows = (read_list_table if name == "list-table" else read_csv_table)(lines, at + 1, body, end)
    document.clear(at, end)
    document.lines[at] = title
    document.add(at, at + 1, context=context)
    for number, text in rows:
        document.lines[number] = text
        document.add(number, number + 1, BlockKind.TABLE_ROW, context=" > ".join(part for part in (context, title) if part))


def read_list_table(lines: Sequence[str], options: int, body: int, end: int) -> list[tuple[int, str]]:
    """Rows of a `list-table`: an item each, with an item for each cell. Its options stand from `options` to `body`."""
    rows: list[_Row] = []
    outer = inner = -1
    for number in range(body, end):
        line = lines[number]
        if (match := _ROW.match(line)) and outer in {-1, len(match[1])}:
            outer, inner = len(match[1]), match.start(4)
            rows.append((number, [line[match.end() :].strip()]))
            continue
        cell = _CELL.match(line)
        if rows and cell and len(cell[1]) == inner:
            rows[-1][1].append(line[cell.end() :].strip())
        elif rows and line.strip():
            rows[-1][1][-1] = f"{rows[-1][1][-1]} {line.strip()}".strip()
    heads = next((int(match[1]) for line in lines[options:body] if (match := _HEADS.match(line))), 0)
    return _named(rows, heads)


def read_csv_table(lines: Sequence[str], options: int, body: int, end: int) -> list[tuple[int, str]]:
    """Rows of a `csv-table`, whose columns may be named by an option."""
    delimiter = next((match[1] for line in lines[options:body] if (match := _DELIMITER.match(line))), ",")
    delimiter = _DELIMITERS.get(delimiter, delimiter[:1])
    header = next((match[1] for line in lines[options:body] if (match := _HEADER.match(line))), "")
    heads = next((int(match[1]) for line in lines[options:body] if (match := _HEADS.match(line))), 0)
    rows: list[_Row] = [(options - 1, cells) for cells in _cells([header], delimiter)] if header else []
    reader = csv.reader((line.strip() for line in lines[body:end]), delimiter=delimiter, skipinitialspace=True)
    at = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((body + at, cells))
            at = reader.line_num
    except csv.Error:  # a cell without an end: what stands before it is read
        pass
    return _named(rows, heads + bool(header))


def _cells(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []


def _named(rows: Sequence[_Row], heads: int) -> list[tuple[int, str]]:
    heads = heads if heads < len(rows) else 0
    placed = [place([Cell(cell) for cell in cells]) for _, cells in rows]
    numbers = [number for number, _ in rows]
    return list(zip(numbers[heads:], rows_in_place(placed[:heads], placed[heads:]), strict=True))
