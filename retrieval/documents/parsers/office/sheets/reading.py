"""The parts of an Excel workbook that may be huge, taken element by element: shared strings and the cells of a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...cell import Cell
from .formats import NumberFormats
from .regions import Budget, Sheet

_MOST_STRINGS = 2_000_000
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_LAST_COLUMN = 16_384
_MOST_MERGES = 20_000
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINK = re.compile(r"^HYPERLINK\(\s*\"([^\"]{1,2000})\"", re.IGNORECASE)
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}


class SharedStrings:
    """The part `sharedStrings.xml`: `strings` by their number; readings of Japanese words (`rPh`) are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.full = False
        self.events = 0
        self._parts: list[str] = []
        self._inside = False
        self._reading = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        name = tag.rpartition("}")[2]
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._reading = True
        self._inside = name == "t" and not self._reading

    def data(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._inside = False
        if name == "rPh":
            self._reading = False
        elif name == "si":
            self.strings.append(unescaped("".join(self._parts)))
            self.full = len(self.strings) >= _MOST_STRINGS

    def close(self) -> None:
        return None


class SheetTarget:
    """A worksheet part, taken into `sheet` within `budget`. `bold`: the cell styles with bold letters."""

    def __init__(self, sheet: Sheet, strings: Sequence[str], formats: NumberFormats, bold: set[int], budget: Budget) -> None:
        self.sheet = sheet
        self.full = False
        self.events = 0
        self.unknown = 0  # formulas without a result
        self.links: list[tuple[int, int, str]] = []  # row, column, and the relation that names the target
        self._strings = strings
        self._formats = formats
        self._bold = bold
        self._budget = budget
        self._row, self._column = -1, -1
        self._kind, self._style = "n", 0
        self._texts: dict[str, list[str]] = {}
        self._inside = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        name = tag.rpartition("}")[2]
        if name == "row":
            self._row = _natural(attributes.get("r", ""), self._row + 2) - 1
            self._column = -1
        elif name == "c":
            place = position(attributes.get("r", ""))
            self._row, self._column = place or (max(self._row, 0), self._column + 1)
            self._kind = attributes.get("t", "n")
            self._style = _natural(attributes.get("s", ""), 0)
            self._texts = {}
        elif name in {"v", "t", "f"}:
            self._inside = name
            self._texts.setdefault(name, [])
        elif name == "mergeCell" and len(self.sheet.merges) < _MOST_MERGES:
            if (span := span_of(attributes.get("ref", ""))) is not None:
                self.sheet.merges.append(span)
        elif name == "hyperlink" and len(self.links) < _MOST_MERGES:
            if (span := span_of(attributes.get("ref", ""))) is not None:
                relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
                self.links.append((span[0], span[1], relation))
        elif name == "autoFilter" and (span := span_of(attributes.get("ref", ""))) is not None:
            self.sheet.header_spans.append((span[0], span[1], span[3]))

    def data(self, text: str) -> None:
        if self._inside:
            self._texts[self._inside].append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._inside = ""
        if name == "c" and self._texts:
            text = " ".join(self._shown().split())
            if text and self._column < _LAST_COLUMN:
                if not self._budget.take(text):
                    self.full = True
                    return
                self.sheet.add(self._row, Cell(text, header=self._style in self._bold, start=self._column))

    def close(self) -> None:
        return None

    def _shown(self) -> str:
        formula = "".join(self._texts.get("f", ()))
        link = _LINK.match(formula)
        return with_target(self._value(formula), link[1] if link else "")

    def _value(self, formula: str) -> str:
        value = "".join(self._texts.get("v", ()))
        if self._kind == "s":
            at = _natural(value, -1)
            return self._strings[at] if 0 <= at < len(self._strings) else ""
        if self._kind == "inlineStr":
            return unescaped("".join(self._texts.get("t", ())))
        if self._kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if self._kind == "d":
            return value.removesuffix("T00:00:00")
        if not value:
            self.unknown += bool(formula)
            return f"={formula}" if formula else ""
        if self._kind in {"str", "e"} or value in _ERRORS:
            return unescaped(value)
        try:
            amount = float(value)
        except ValueError:
            return value
        return self._formats.shown(amount, self._style) if abs(amount) < 1e300 else value


def with_target(text: str, target: str) -> str:
    """What a cell shows with the address that it leads to, where that is one and not shown itself."""
    address = target.removeprefix("mailto:")
    is_address = "://" in target or target.startswith("mailto:")
    return f"{text} ({address})" if text and is_address and address.rstrip("/") not in text else text


def position(reference: str) -> tuple[int, int] | None:
    """Row and column from 0 of a reference such as "B12"."""
    match = _REFERENCE.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def span_of(reference: str) -> tuple[int, int, int, int] | None:
    """First row and column, last row and column of "A1:C5"."""
    first, _, last = reference.partition(":")
    start, end = position(first), position(last or first)
    return (*start, *end) if start and end else None


def unescaped(text: str) -> str:
    """Characters that XML cannot hold are written `_x000D_`."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _natural(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
