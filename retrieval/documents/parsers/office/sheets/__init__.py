"""Spreadsheets of all kinds: cells as they are shown, and sheets divided into the tables that stand on them."""

from .formats import NumberFormats
from .regions import MOST_CELLS, Budget, Sheet, write_sheet

__all__ = ["MOST_CELLS", "Budget", "NumberFormats", "Sheet", "write_sheet"]
