"""What is printed on a page as its number: by the file's page labels, and by the numbers at the pages' edges.

A number at an edge counts where a neighbouring page has the next or the last: years and section numbers do not.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any

_ROMAN = re.compile(r"^(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$")
_NUMBER = re.compile(r"^[-–—\[(]?\s*(\d{1,4})\s*[-–—\])]?$")
_PAGE_OF = re.compile(
    r"(?:^|\W)(?:page|seite|página|pagina|p\.|s\.)\s*(\d{1,4})(?:\s*(?:/|of|von|de|sur)\s*\d{1,4})?\W*$"
    r"|(?<![\d/.])(\d{1,4})\s*(?:/|of|von|de|sur)\s*\d{1,4}$",
    re.I,
)
_REACH = 2  # pages that may lie between two that agree

Numeral = tuple[str, int]  # "1" or "i", and its value


def numerals(rows: Sequence[str]) -> list[Numeral]:
    """The numbers that a page's outermost rows may print as its own."""
    given: list[Numeral] = []
    for row in rows:
        if match := _PAGE_OF.search(row):
            given.append(("1", int(match[1] or match[2])))
        words = row.split()
        for word in dict.fromkeys((words[0], words[-1])) if words else ():
            if match := _NUMBER.match(word):
                given.append(("1", int(match[1])))
            elif (match := _ROMAN.match(word.lower())) and (word.islower() or word.isupper()):
                given.append(("i" if word.islower() else "I", _value(match)))
    return given


def _value(match: re.Match[str]) -> int:
    hundreds, tens, units = match.groups()
    small = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
    tenfold = {"": 0, "x": 1, "xx": 2, "xxx": 3, "xl": 4, "l": 5, "lx": 6, "lxx": 7, "lxxx": 8, "xc": 9}
    return 100 * len(hundreds) + 10 * tenfold[tens] + small[units]


def _roman(value: int) -> str:
    units = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"]
    return "c" * (value // 100) + tens[value // 10 % 10] + units[value % 10]


def printed(pages: Sequence[Sequence[Numeral]]) -> list[str | None]:
    """Each page's printed number, by `numerals` of each; None where none can be told."""
    given = [set(page) for page in pages]
    chosen: list[Numeral | None] = [None] * len(pages)
    support: dict[tuple[str, int], int] = {}
    for at, page in enumerate(given):
        for style, value in page:
            support[style, value - at] = support.get((style, value - at), 0) + 1
    for at, page in enumerate(given):
        agreeing = [
            (style, value)
            for style, value in page
            if any(
                0 <= near < len(given) and near != at and (style, value + near - at) in given[near]
                for near in range(at - _REACH, at + _REACH + 1)
            )
        ]
        if agreeing:
            chosen[at] = max(agreeing, key=lambda numeral: support[numeral[0], numeral[1] - at])
    # what stands on the pages at both sides of a gap, or at the start of it, goes on across it
    filled = list(chosen)
    for at, numeral in enumerate(chosen):
        if numeral is None:
            before = next((near for near in range(at - 1, -1, -1) if chosen[near]), None)
            after = next((near for near in range(at + 1, len(chosen)) if chosen[near]), None)
            filled[at] = _between(at, before, after, chosen)
    return [None if numeral is None else _written(numeral) for numeral in filled]


def _between(at: int, before: int | None, after: int | None, chosen: Sequence[Numeral | None]) -> Numeral | None:
    near = [other for other in (before, after) if other is not None]
    guesses = {(numeral[0], numeral[1] + at - other) for other in near if (numeral := chosen[other])}
    if before is not None and after is not None and len(guesses) == 2:
        guess = chosen[after]
        start = (guess[0], guess[1] + at - after) if guess else None
        return start if start and start[1] == 1 else None  # the first page of a new count often has no number
    guesses = {guess for guess in guesses if guess[1] > 0}
    if len(guesses) != 1:
        return None
    guess = next(iter(guesses))
    distance = min(abs(at - other) for other in near)
    return guess if (before is not None and after is not None) or distance <= _REACH or guess[1] <= 2 else None


def _written(numeral: Numeral) -> str:
    style, value = numeral
    return str(value) if style == "1" else _roman(value) if style == "i" else _roman(value).upper()


def of_file(document: Any, count: int) -> list[str]:
    """The page labels that the file gives; empty where it gives none."""
    import pypdfium2.raw as raw

    labels = []
    buffer = ctypes.create_string_buffer(256)
    for index in range(count):
        size = raw.FPDF_GetPageLabel(document, index, buffer, 256)
        labels.append(buffer.raw[: size - 2].decode("utf-16-le", "replace").strip() if 2 < size <= 256 else "")
    return labels if any(labels) else []


def page_labels(from_file: Sequence[str], from_print: Sequence[str | None], count: int) -> list[str | None]:
    """The label of each page, None where it is its count. Print wins where it contradicts the file on most pages."""
    both = [at for at in range(count) if from_file and from_file[at] and from_print[at]]
    agree = sum(from_file[at] == from_print[at] for at in both)
    if from_file and (not both or 2 * agree >= len(both)):
        labels: list[str | None] = list(from_file)
    else:
        labels = [printed or (from_file[at] if from_file else None) for at, printed in enumerate(from_print)]
    return [None if label in (None, "", str(at)) else label for at, label in enumerate(labels, start=1)]
