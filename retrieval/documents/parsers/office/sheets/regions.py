"""A sheet as text: the tables on it are told apart by blank rows, and each finds its own header row.

A table that goes on after a blank row keeps its names. What stands in a single column is prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...base import BlockKind
from ...builder import TextBuilder
from ...cell import Cell, clipped
from ...grid import write_placed
from ...heads import header_rows

MOST_CELLS = 500_000  # of a workbook; some 15 s
_MOST_CHARACTERS = 25_000_000  # in cells, the same
_LONGEST_TITLE = 100  # characters
_MOST_REPEATED = 100_000  # cells that stand under a cell over several rows


@dataclass(slots=True)
class Budget:
    """What of a workbook may still be read."""

    cells: int = MOST_CELLS
    characters: int = _MOST_CHARACTERS

    def take(self, text: str) -> bool:
        """Whether a cell with this text may be read."""
        self.cells -= 1
        self.characters -= len(text)
        return self.cells >= 0 and self.characters >= 0


@dataclass(slots=True)
class Sheet:
    """One sheet: rows by number, each its cells that are not blank, by column (both from 0)."""

    name: str
    rows: dict[int, list[Cell]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column
    header_spans: list[tuple[int, int, int]] = field(default_factory=list)  # rows known to name columns: row, first, last
    extra: list[str] = field(default_factory=list)  # comments, boxes: lines after the cells

    def add(self, row: int, cell: Cell) -> None:
        self.rows.setdefault(row, []).append(cell)


def write_sheet(builder: TextBuilder, sheet: Sheet, *, heading: bool = True) -> None:
    """One page, labelled with the sheet's name."""
    builder.begin_page(clipped(" ".join(sheet.name.split()), 100) or None)
    if heading:
        builder.add(sheet.name, BlockKind.HEADING, level=1)
    _apply_merges(sheet)
    _mark_headers(sheet)
    names: Sequence[list[Cell]] = ()
    blocks = list(_blocks(sheet))
    for block, following in zip(blocks, [*blocks[1:], []], strict=False):  # of a sheet without cells there are none
        width = len({cell.start for row in block for cell in row})
        if width == 1 and len(block) == 1 and len(following) > 1 and _is_title(block[0][0].text):
            builder.add(block[0][0].text, BlockKind.HEADING, level=2 if heading else 1)
            names = ()
            continue
        if width == 1:
            for row in block:
                builder.add(row[0].text, after="\n" if len(row[0].text) < 80 else "\n\n")
            names = ()
            continue
        own = _own_header(block)
        if not own and names and _under(names, block):
            write_placed(builder, [*names, *block])
            continue
        write_placed(builder, block, first_row_names=True)
        names = own
    for line in sheet.extra:
        builder.add(line)


def _blocks(sheet: Sheet) -> Iterator[list[list[Cell]]]:
    """The rows between blank rows."""
    block: list[list[Cell]] = []
    previous = None
    for number in sorted(sheet.rows):
        row = [cell for cell in sorted(sheet.rows[number], key=lambda cell: cell.start) if cell.text]
        if not row:
            continue
        if previous is not None and number > previous + 1 and block:
            yield block
            block = []
        block.append(row)
        previous = number
    if block:
        yield block


def _is_title(text: str) -> bool:
    """Of the table that follows."""
    return len(text) <= _LONGEST_TITLE and not text.endswith((".", ";", ",", "?", "!"))


def _own_header(block: Sequence[list[Cell]]) -> Sequence[list[Cell]]:
    """The rows that name the columns, below the captions."""
    first = next((at for at, row in enumerate(block) if len(row) > 1), 0)
    heads, sure = header_rows(block[first:], first_row_names=True)
    return [[Cell(c.text, c.columns, True, c.start) for c in row] for row in block[first : first + heads]] if sure else ()


def _under(names: Sequence[list[Cell]], block: Sequence[list[Cell]]) -> bool:
    """Whether a block stands under these names and no others."""
    named = {column for row in names for cell in row for column in range(cell.start, cell.start + cell.columns)}
    return all(cell.start in named for row in block for cell in row)


def _apply_merges(sheet: Sheet) -> None:
    repeated = 0
    for top, left, bottom, right in sheet.merges:
        row = sheet.rows.get(top, [])
        at = next((at for at, cell in enumerate(row) if cell.start == left), None)
        if at is None or not row[at].text:
            continue
        cell = row[at]
        row[at] = Cell(cell.text, max(1, min(right - left + 1, 1024)), cell.header, left)
        for number in range(top + 1, min(bottom, top + 1000) + 1):
            if (below := sheet.rows.get(number)) and repeated < _MOST_REPEATED:
                below[:] = [other for other in below if not left <= other.start <= right]
                below.append(Cell(clipped(cell.text, 300), row[at].columns, cell.header, left))
                repeated += 1


def _mark_headers(sheet: Sheet) -> None:
    for number, first, last in sheet.header_spans:
        row = sheet.rows.get(number, [])
        row[:] = [Cell(c.text, c.columns, True, c.start) if first <= c.start <= last else c for c in row]
