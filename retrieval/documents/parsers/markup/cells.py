"""Tables of a page: which hold values, and what stands in their cells."""

from __future__ import annotations

from dataclasses import replace

from ..cell import Cell
from ..spans import Reaching, spread
from .inline import BREAK, NOTE_NAMES, joined, opening
from .survey import Fate, Measure
from .tree import Element
from .walking import END, START, Walk

_INLINE_CELL = 150  # characters, on average, from which on a table without a head is layout
_TO_THE_END = 10_000  # rows; a span of 0 reaches to the end of its table
_BLOCKS = frozenset("p div li dt dd tr pre h1 h2 h3 h4 h5 h6 ul ol dl blockquote".split())


def holds_values(table: Element, measure: Measure) -> bool:
    """Whether it is a table, and not a page laid out by one."""
    if table.get("role") in {"presentation", "none"} or measure.tables > 1 or "highlight" in (table.get("class") or ""):
        return False
    if table.get("summary", "").lower() in NOTE_NAMES or measure.cells <= measure.rows or not measure.rows:
        return False
    if measure.head_cells >= 2 and measure.divided < measure.cells:
        return True
    if measure.rows < 2 or measure.divided > measure.cells / 4:
        return False
    return measure.chars < _INLINE_CELL * measure.cells


def read_table(table: Element, fates: dict[Element, Fate]) -> tuple[str, list[list[Cell]]]:
    """The caption, and the cells row by row; linear in what the table holds."""
    rows: list[list[Reaching]] = []
    caption: list[str] = []
    parts: list[str] = []  # of the current cell
    in_head = False
    walker = Walk(table)
    for event, element in walker:
        tag = element.tag
        if event == START:
            if element in fates or ((special := opening(element)) is not None and special[1]):
                if element not in fates and special is not None:
                    parts.append(special[0])
                walker.skip(element)
                parts.append(element.tail or "")
                continue
            if special is not None:
                parts.append(special[0])
            if tag == "tr":
                rows.append([])
            elif tag in {"td", "th", "caption"}:
                parts = []
            elif tag == "thead":
                in_head = True
            elif tag in _BLOCKS:
                parts.append(BREAK)
            parts.append(element.text or "")
        elif event == END:
            if tag in {"td", "th"}:
                if not rows:
                    rows.append([])
                rows[-1].append(_cell(element, parts, in_head=in_head))
                parts = []
            elif tag == "caption":
                caption, parts = parts, []
            elif tag == "thead":
                in_head = False
            else:
                if tag in _BLOCKS:
                    parts.append(BREAK)
                parts.append(element.tail or "")
        else:
            parts.append(element.tail or "")
    _promote_bold_head(table, rows)
    return joined(caption).replace("\n", " "), spread([row for row in rows if row])


def _cell(element: Element, parts: list[str], *, in_head: bool) -> Reaching:
    lines = joined(parts).split("\n")
    text = " / ".join(lines) if len(lines) <= 3 and all(len(line) < 40 for line in lines) else " ".join(lines)
    cell = Cell(text, max(1, _span(element, "colspan")), in_head or element.tag == "th")
    return cell, _span(element, "rowspan") or _TO_THE_END


def _promote_bold_head(table: Element, rows: list[list[Reaching]]) -> None:
    """A first row all in bold names the columns, where no cell says that it is a heading."""
    if len(rows) < 2 or any(cell.header for row in rows for cell, _ in row):
        return
    first = next(table.iter("tr"), None)
    cells = [cell for cell in first if cell.tag == "td"] if first is not None else []
    if len(cells) > 1 and all(_is_bold(cell) for cell in cells):
        rows[0] = [(replace(cell, header=True), height) for cell, height in rows[0]]


def _is_bold(cell: Element) -> bool:
    inner = cell
    while len(inner) == 1 and not (inner.text or "").strip() and not (inner[0].tail or "").strip():
        inner = inner[0]
        if inner.tag in {"b", "strong"}:
            return True
    return False


def _span(element: Element, name: str) -> int:
    value = (element.get(name) or "1").strip()
    return int(value) if value.isdigit() and len(value) < 7 and value.isascii() else 1
