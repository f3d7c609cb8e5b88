"""Tables of values: each row a line that repeats the columns' names, so that a row makes sense alone."""

from __future__ import annotations

import csv
import io

from .base import Format, Parsed, Unreadable
from .encoding import decode

_MEDIA_TYPE = "text/csv"


def _parse(content: bytes) -> Parsed:
    text = decode(content)
    csv.field_size_limit(10_000_000)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [row for row in csv.reader(io.StringIO(text), dialect) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Unreadable(f"it is not a table: {error}") from error
    head = [" ".join(name.split()) for name in rows[0]] if rows else []
    lines = [_line(head, row) for row in rows[1:]] or [", ".join(head)]
    return Parsed("\n".join(lines), _MEDIA_TYPE)


def _line(head: list[str], row: list[str]) -> str:
    names = head + [f"column {at + 1}" for at in range(len(head), len(row))]
    cells = [(name, " ".join(cell.split())) for name, cell in zip(names, row, strict=False)]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in cells if cell) + "."


FORMAT = Format(
    _MEDIA_TYPE, frozenset({".csv", ".tsv"}), _parse, aliases=frozenset({"application/csv", "text/tab-separated-values"})
)
