"""Workbooks that are not packed XML, read by calamine: Excel 97 to 2003 (.xls) and binary ones (.xlsb).

Values come without their number formats: a date is a date, a percentage is a fraction.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ...base import Parsed, Unreadable
from ...builder import TextBuilder
from ...cell import Cell
from .formats import plain
from .regions import Budget, Sheet, write_sheet

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


def read_workbook(content: bytes, media_type: str) -> Parsed:
    """All sheets of a workbook.

    Raises:
        Unreadable: it is encrypted or damaged.
    """
    import python_calamine

    builder, budget = TextBuilder(), Budget()
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for properties in workbook.sheets_metadata:
            if properties.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                builder.notes.append(f"the sheet {properties.name} is not read: it holds no cells")
                continue
            if properties.visible is not python_calamine.SheetVisibleEnum.Visible:
                builder.notes.append(f"the sheet {properties.name} is hidden in the workbook")
            source = workbook.get_sheet_by_name(properties.name)
            sheet = Sheet(properties.name)
            complete = _fill(sheet, source, budget)
            write_sheet(builder, sheet)
            if not complete:
                builder.notes.append(f"the sheet {sheet.name} is read in part, and none after it: the workbook is too large")
                break
    except Unreadable:
        raise
    except python_calamine.PasswordError as error:
        raise Unreadable("it is encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("it is not a whole Excel workbook: damaged, or cut off") from error
    except BaseException as error:  # an edge: what goes wrong in Rust is no `Exception`
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("it is not a whole Excel workbook: damaged, or cut off") from error
    return builder.build(media_type)


def _fill(sheet: Sheet, source: CalamineSheet, budget: Budget) -> bool:
    """Whether all cells found room."""
    _, left = source.start or (0, 0)
    for (top, first), (bottom, last) in (source.merged_cell_ranges or [])[:10_000]:
        sheet.merges.append((top, first, bottom, last))
    for number, row in enumerate(source.iter_rows()):  # all rows, but no columns before the first that is filled
        for column, value in enumerate(row, start=left):
            text = shown_value(value)
            if text:
                if not budget.take(text):
                    return False
                sheet.add(number, Cell(text, start=column))
    return True


def shown_value(value: object) -> str:
    """A value as text: whole days without a time, whole numbers without a point."""
    match value:
        case None | "":
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return plain(float(value)) if abs(value) < 1e300 else str(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return " ".join(str(value).split())
