"""Rich Text Format: paragraphs, headings, lists with their numbers, tables, notes, boxes, page headers."""

from __future__ import annotations

from collections.abc import Sequence

from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .cell import Cell, clipped
from .grid import write_table
from .office.richtext import Flow, Paragraph, Row, read_rtf

_MEDIA_TYPE = "application/rtf"
_FULL_PAGE = 2500  # characters; more than this between two breaks may have run over a page
_NEAR = 60  # twips; borders of cells that are no farther apart are one


def parse(content: bytes) -> Parsed:
    content = content.lstrip()
    if not content.startswith(b"{\\rtf"):
        raise Unreadable("it is not a Rich Text document")
    read = read_rtf(content)
    builder = TextBuilder()
    builder.title = read.title
    if _pages_are_known(read.body):
        builder.begin_page()
        _write(builder, read.body, pages=True)
    else:
        _write(builder, read.body, pages=False)
    shown = {builder.title}
    for kind, flow in read.margins:
        text = " | ".join(flow.lines())
        if any(letter.isalpha() for letter in text) and text not in shown:
            shown.add(text)
            builder.add(f"Page {kind}: {text}")
    if read.pictures:
        builder.notes.append(f"{read.pictures} picture{'s are' if read.pictures > 1 else ' is'} not read")
    if read.hidden:
        builder.notes.append("hidden text is left out")
    if not read.complete:
        builder.notes.append("the file is cut off: what follows is missing")
    return builder.build(_MEDIA_TYPE)


def _pages_are_known(body: Flow) -> bool:
    """Whether breaks set by hand leave so little between them that no page can have overflowed."""
    length, longest, breaks = 0, 0, 0
    for item in body.items:
        if item is None:
            longest, length, breaks = max(longest, length), 0, breaks + 1
        else:
            length += 40 + (len(item.text) if isinstance(item, Paragraph) else sum(map(len, item.cells)))
    return bool(breaks) and max(longest, length) <= _FULL_PAGE


def _write(builder: TextBuilder, body: Flow, *, pages: bool) -> None:
    rows: list[Row] = []
    for item in body.items:
        if isinstance(item, Row):
            rows.append(item)
            continue
        _table(builder, rows)
        rows = []
        if item is None:
            if pages:
                builder.begin_page()
        elif item.level:
            builder.add(f"{item.marker} {item.text}".strip(), BlockKind.HEADING, level=item.level)
        elif item.marker:
            marker = item.marker if item.marker.strip("•·▪o-–") else "-"
            builder.add(f"{marker} {item.text.strip()}", BlockKind.LIST_ITEM, level=item.depth, after="\n")
        else:
            builder.add(item.text)
    _table(builder, rows)


def _table(builder: TextBuilder, rows: Sequence[Row]) -> None:
    """Cells stand between borders: two rows share a column where they share its borders."""
    borders = _borders(rows)
    above: dict[int, str] = {}
    grid = []
    for row in rows:
        cells: list[Cell] = []
        left = 0
        for at, text in enumerate(row.cells):
            edge = row.edges[at] if at < len(row.edges) else None
            right = _column(borders, edge.right) if edge else left + 1
            columns = max(1, right - left)
            if edge and edge.joins_above:
                text = text or above.get(left, "")
            elif edge and edge.begins_down:
                above[left] = clipped(text, 300)
            if edge and edge.joins_left and cells:
                cells[-1] = Cell(cells[-1].text, cells[-1].columns + columns, cells[-1].header)
            else:
                cells.append(Cell(text, columns, row.is_header))
            left += columns
        grid.append(cells)
    write_table(builder, grid, first_row_names=True)


def _borders(rows: Sequence[Row]) -> list[int]:
    borders: list[int] = []
    for right in sorted({edge.right for row in rows for edge in row.edges}):
        if not borders or right - borders[-1] > _NEAR:
            borders.append(right)
    return borders


def _column(borders: Sequence[int], right: int) -> int:
    """How many columns stand left of this border."""
    return sum(border - _NEAR <= right for border in borders[:1000])
