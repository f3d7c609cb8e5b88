"""Tables of OpenDocument: a cell or row may say that it stands there a thousand times."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...cell import MOST_COLUMNS, Cell, clipped
from ..elements import Element, attribute, children, descendants, local_name, number
from ..sheets import Budget, Sheet
from .styles import Styles

_MOST_REPEATED = 1000  # times that what is not blank is repeated
_MOST_EXTRA = 20_000  # cells of a table that exist only because another says that it is repeated
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


def table_rows(table: Element, text_of: Callable[[Element], str], styles: Styles) -> list[list[Cell]]:
    """The rows of a table in a text; a cell over several rows stands in each."""
    rows = []
    extra = _MOST_EXTRA
    above: dict[int, tuple[int, str]] = {}  # by column: how many rows a cell still covers, and its text
    for row, named in table_row_elements(table):
        placed: list[Cell] = []
        column = 0
        for cell in children(row, "table-cell", "covered-table-cell"):
            repeated = min(number(cell, "number-columns-repeated", 1), MOST_COLUMNS)
            text = text_of(cell) if local_name(cell) == "table-cell" else ""
            left, covering = above.get(column, (0, ""))
            if local_name(cell) == "covered-table-cell":
                if left:
                    above[column] = (left - 1, covering)
                    placed.append(Cell(covering, repeated))
                elif not placed or placed[-1].columns == 1:
                    placed.append(Cell("", repeated))
                column += repeated
                continue
            columns = max(number(cell, "number-columns-spanned", 1, most=MOST_COLUMNS), 1)
            if (down := number(cell, "number-rows-spanned", 1)) > 1:
                above[column] = (down - 1, clipped(text, 300))
            header = named or _is_bold(cell, styles)
            times = max(1, min(repeated, 1 + extra)) if text.strip() else 1
            extra -= times - 1
            placed += [Cell(text, columns, header)] * times
            if not text.strip() and repeated > 1:
                placed[-1] = Cell("", repeated)
            column += repeated
            if column >= MOST_COLUMNS:
                break
        rows.append(_without_covered(placed))
    return rows


def sheet_of(table: Element, text_of: Callable[[Element], str], styles: Styles, budget: Budget) -> tuple[Sheet, bool]:
    """A sheet of a spreadsheet, and whether it was read to its end."""
    sheet = Sheet(attribute(table, "name"))
    number_of_row = 0
    for row, named in table_row_elements(table):
        repeated = max(1, number(row, "number-rows-repeated", 1, most=_LAST_ROW))
        cells: list[tuple[Cell, int]] = []
        column = 0
        for cell in children(row, "table-cell", "covered-table-cell"):
            times = max(1, number(cell, "number-columns-repeated", 1, most=_LAST_COLUMN))
            text = " ".join(text_of(cell).split()) if local_name(cell) == "table-cell" else ""
            if text and column < _LAST_COLUMN:
                down = number(cell, "number-rows-spanned", 1, most=1000)
                across = max(1, number(cell, "number-columns-spanned", 1, most=MOST_COLUMNS))
                header = named or _is_bold(cell, styles)
                for at in range(column, column + min(times, _MOST_REPEATED)):
                    cells.append((Cell(text, across, header, at), down))
            column += times
        for at in range(number_of_row, number_of_row + (min(repeated, _MOST_REPEATED) if cells else 0)):
            for cell, down in cells:
                if not budget.take(cell.text):
                    return sheet, False
                sheet.add(at, cell)
                if down > 1 or cell.columns > 1:
                    sheet.merges.append((at, cell.start, at + down - 1, cell.start + cell.columns - 1))
        number_of_row += repeated
        if number_of_row >= _LAST_ROW:
            break
    return sheet, True


def table_row_elements(table: Element, named: bool = False) -> Iterator[tuple[Element, bool]]:
    """The rows, whatever groups they stand in, and whether they are marked as naming the columns."""
    for node in children(table):
        name = local_name(node)
        if name == "table-row":
            yield node, named
        elif name in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from table_row_elements(node, named or name == "table-header-rows")


def _is_bold(cell: Element, styles: Styles) -> bool:
    """Whether all that stands in a cell is bold."""
    paragraphs = [node for node in children(cell, "p") if "".join(node.itertext()).strip()]
    if not paragraphs:
        return False
    if styles.is_bold(attribute(cell, "style-name"), "table-cell"):
        return True
    return all(_bold_paragraph(node, styles) for node in paragraphs)


def _bold_paragraph(node: Element, styles: Styles) -> bool:
    style = attribute(node, "style-name")
    if "table heading" in styles.known_as(style) or styles.is_bold(style, "paragraph"):
        return True
    spans = list(descendants(node, "span"))
    return (
        bool(spans)
        and not (node.text or "").strip()
        and all(styles.is_bold(attribute(span, "style-name"), "text") and not (span.tail or "").strip() for span in spans)
    )


def _without_covered(placed: list[Cell]) -> list[Cell]:
    """A cell over several columns is followed by covered cells, which would count twice."""
    cells: list[Cell] = []
    covered = 0
    for cell in placed:
        if covered and not cell.text:
            covered -= cell.columns
            continue
        cells.append(cell)
        covered = cell.columns - 1
    return cells
