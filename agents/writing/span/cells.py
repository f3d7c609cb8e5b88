"""The cell of a table's row that a question asks for.

A small model reads a row as a sentence, and takes any number for the price. But a row says what its values are: what is
asked for is the value whose label the question has, or whose label lies nearest to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....retrieval import HEADING_SEPARATOR, Library, Sentence, columns_of_period
from ..quotation import is_quotable

TABLE_ROW = "table row"
BLANK = "–"
_LABELLED = re.compile(r"\s*([^:;]{1,100}): (.*)", re.DOTALL)
_LEAST_SHARE = 1e-6  # of a column of the time that is asked for, whose name has no word of the question
_NEAR = 0.85  # of the best row's score
_MOSTLY = 0.5  # of the weight of a row's own name
_CLEARLY = 0.05  # nearer than the next label, in the sum of two cosines


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is empty, or a dash, where the cell is blank."""

    label: str
    value: str


def asked_cell(question: str, row: Sentence, rows: Sequence[Sentence], library: Library) -> str | None:
    """The value that `question` asks of `row`; a dash where it is blank there, and None where none is clear.

    `rows`: others of its table, which may have columns that are blank in this row.
    """
    cells = read_cells(row)
    if len(cells) < 2:
        return None
    wanted = set(library.stems(question))
    open_cells = [cell for cell in cells if not wanted.issuperset(library.stems(cell.value)) or not cell.value.strip(BLANK)]
    if len(open_cells) == len(cells) and _is_of_statement(question, cells[1:]):
        open_cells = open_cells[library.coverage(cells[0].value, question) > _MOSTLY :]
    if len(open_cells) == len(cells):
        return None  # nothing of this row is in the question: it may be another one's
    known = {cell.label for cell in cells if cell not in open_cells}
    labels = dict.fromkeys(cell.label for cell in _cells_of_table(row, rows) if cell.label not in known)
    shares = {label: _share(library.stems(label), wanted) for label in labels}
    if (timely := columns_of_period(question, list(labels))) is not None:
        words = wanted.difference(*(library.stems(cell.value) for cell in cells if cell not in open_cells))
        named = [label for label in labels if label and columns_of_period(question, [label]) is None]
        if not any(words.issuperset(library.stems(label)) for label in named):
            shares = {label: shares[label] or _LEAST_SHARE for label in timely}
    if not shares:
        return None
    best = max(shares.values())
    if best > 0:
        named = [label for label, share in shares.items() if share == best]
        values = {cell.label: cell.value for cell in cells}
        return (values.get(named[0], "").strip() or BLANK) if len(named) == 1 else None
    return _nearest(question, open_cells, next(cell for cell in cells if cell not in open_cells), library)


def best_row(sentences: Sequence[Sentence]) -> Sentence | None:
    """The best of the sentences that may be quoted, where it is a row with names for its values."""
    best = next((sentence for sentence in sentences if is_quotable(sentence)), None)
    return best if best is not None and best.kind == TABLE_ROW and len(read_cells(best)) > 1 else None


def row_by_name(question: str, best: Sentence, sentences: Sequence[Sentence], library: Library) -> Sentence:
    """Of the rows of the same statement that are about as good as the best, the one whose own name the question has most of.

    "Net income" and "Other income/(expense), net" have the same words in other sentences of a question's length; but a
    statement has a row for either.
    """
    if not _is_of_statement(question, read_cells(best)[1:]):
        return best
    wanted = set(library.stems(question))
    rows = [
        each
        for each in sentences
        if each.passage.source == best.passage.source
        and each.score >= _NEAR * best.score
        and is_quotable(each)
        and each.kind == TABLE_ROW
        and _is_of_statement(question, read_cells(each)[1:])
    ]

    def fit(row: Sentence) -> tuple[int, int, float]:
        key = read_cells(row)[0]
        held = wanted.intersection(library.stems(f"{key.label} {key.value}"))
        own = library.stems(key.value.rpartition(": ")[2])
        return len(held), -sum(stem not in wanted for stem in own), row.score

    return max(rows, key=fit, default=best)


def _is_of_statement(question: str, cells: Sequence[Cell]) -> bool:
    """Whether some of its columns are of the time that is asked for."""
    return bool(columns_of_period(question, [cell.label for cell in cells]))


def _cells_of_table(row: Sentence, rows: Sequence[Sentence]) -> list[Cell]:
    """Those of the row, and of others that have columns in common with it."""
    own = read_cells(row)
    labels = {cell.label for cell in own[1:]}
    others = (read_cells(each) for each in rows if each.passage.source == row.passage.source)
    return [*own, *(cell for cells in others if labels & {cell.label for cell in cells} for cell in cells)]


def read_cells(row: Sentence) -> list[Cell]:
    """Its values with the names of their columns: those within it, or those of the header that leads to it."""
    text = " ".join(row.text.split())
    first, *others = text.removesuffix(".").split(";")
    pieces = [_LABELLED.fullmatch(piece) for piece in (first, *others)]
    if all(pieces[1:]) and (pieces[0] or others):  # a row's own name may stand in a column without one
        key = [] if pieces[0] else [Cell("", first.strip())]
        return [*key, *(Cell(piece[1].strip(), piece[2].strip()) for piece in pieces if piece)]
    header = row.lead.rpartition("\n")[2].rpartition(HEADING_SEPARATOR)[2]
    if "|" not in header or "|" not in text:
        return []
    labels, values = _between_bars(header), _between_bars(text)
    return [Cell(*pair) for pair in zip(labels, values, strict=True)] if len(labels) == len(values) else []


def _between_bars(line: str) -> list[str]:
    line = line.strip()
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _share(stems: Sequence[str], wanted: set[str]) -> float:
    return sum(stem in wanted for stem in stems) / len(stems) if stems else 0.0


def _nearest(question: str, cells: Sequence[Cell], key: Cell, library: Library) -> str | None:
    """The value of the cell that lies nearest to the question by itself and as one of its row, where one clearly does."""
    filled = [cell for cell in cells if cell.value.strip(BLANK)]
    if not filled:
        return None
    vector = library.embed_query(question)
    near = [
        float(
            np.dot(library.embed_query(f"{cell.label}: {cell.value}"), vector)
            + np.dot(library.embed_query(f"{cell.label} of {key.value}: {cell.value}"), vector)
        )
        for cell in filled
    ]
    order = sorted(range(len(filled)), key=lambda at: -near[at])
    clear = len(order) == 1 or near[order[0]] - near[order[1]] >= _CLEARLY
    return filled[order[0]].value if clear else None
