"""Lines of a table of figures, and what stands in them: labels, and amounts with their signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..amounts import CLOSING, CURRENCY, YEAR, is_amount, tidy
from .layout import Row
from .page import Segment

_NOTE_MARK = re.compile(r"^\(\d{1,2}\)$")
APART = 0.6  # of a line's height: more white than between words


@dataclass(slots=True)
class Entry:
    """Words of a line that stand together. `x0` and `x1` are those of the figure, where it is an amount."""

    words: list[str]
    x0: float
    x1: float
    left: float  # with the currency sign
    amount: bool = False

    @property
    def text(self) -> str:
        return tidy(" ".join(self.words))

    @property
    def ends_in_amount(self) -> bool:
        return len(self.words) > 1 and is_amount(self.words[-1:])

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Line:
    row: Row
    cells: list[Entry]
    amounts: int = 0  # cells at its end that are amounts

    @property
    def named(self) -> bool:
        """Amounts stand in it, and not years alone."""
        return self.amounts > 0 and not all(YEAR.match(cell.text) for cell in self.cells[-self.amounts :])


def line_of(row: Row) -> Line:
    if not any(letter.isdigit() for letter in row.text) or row.mono:
        return Line(row, [_of_segment(piece) for piece in row.pieces])
    cells: list[Entry] = []
    room = APART * row.size
    for piece in row.pieces:
        for word, left, right in _words(piece):
            last = cells[-1] if cells else None
            if last is not None and not _parts(last, word, left, left - last.x1 > room):
                last.words.append(word)
                if not (CLOSING.match(word) and last.amount):
                    last.x0 = left if CURRENCY.match(last.words[0]) and len(last.words) == 2 else last.x0
                    last.x1 = right
                last.amount = is_amount(last.words)
            else:
                cells.append(Entry([word], left, right, left, is_amount([word])))
    amounts = 0
    for cell in reversed(cells):
        if not cell.amount:
            break
        amounts += 1
    if amounts and amounts < len(cells) and _NOTE_MARK.match(cells[-amounts].text):
        note = cells[len(cells) - amounts]
        before = cells[len(cells) - amounts - 1]
        if note.left - before.x1 < 2 * room and amounts > 1:
            before.words += note.words
            cells.remove(note)
            amounts -= 1
    return Line(row, cells, amounts)


def _words(piece: Segment) -> Iterator[tuple[str, float, float]]:
    """Its words with their edges, the currency sign of the next column taken off an amount."""
    for word, left, right in zip(piece.words, piece.lefts, piece.rights, strict=True):
        if len(word) > 1 and word[-1] in "$€£" and is_amount([word[:-1]]):
            middle = right - (right - left) / len(word)
            yield from ((word[:-1], left, middle), (word[-1], middle, right))
        else:
            yield word, left, right


def _of_segment(piece: Segment) -> Entry:
    return Entry(list(piece.words), piece.x0, piece.x1, piece.x0)


def _parts(cell: Entry, word: str, left: float, wide: bool) -> bool:
    """Whether `word` begins another cell than the one before it."""
    last = cell.words[-1]
    if CURRENCY.match(last) and len(cell.words) == 1:
        return not is_amount([word]) and word != "("
    if CLOSING.match(word) and (cell.amount or cell.words[-1].startswith("(")) and left - cell.x1 < 12:
        return False
    if CURRENCY.match(word):
        return True
    if cell.amount and is_amount([word]):
        return not (last.endswith(",") or (YEAR.match(word) and not wide and last.endswith(",")))
    return wide
