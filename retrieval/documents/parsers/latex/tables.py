"""The rows of a `tabular` and its relatives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ..cell import Cell
from ..spans import Reaching, spread


def read_tabular(source: str, plain: Callable[[str], str]) -> tuple[str, list[list[Cell]]]:
    """The caption that stands within it, and its rows; `source` begins with its arguments."""
    caption = ""
    source = re.sub(r"^\s*(?:\[[^\]]*\])?\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}\s*){1,2}", "", source, count=1)
    if match := re.search(r"\\caption\s*\{((?:[^{}]|\{[^{}]*\})*)\}", source):
        caption = plain(match[1])
        source = source.replace(match[0], "")
    rows: list[list[Reaching]] = []
    head_ends = 0
    for line in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", source):
        if re.match(r"\s*\\(?:hline|midrule|endhead|endfirsthead|cmidrule)", line) and len(rows) == 1:
            head_ends = 1
        line = re.sub(
            r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot)\b|\\c(?:mid)?line\S*",
            "",
            line,
        )
        cells = [_cell(part, plain) for part in re.split(r"(?<!\\)&", line)]
        if any(cell.text for cell, _ in cells):
            rows.append(cells)
    if head_ends and len(rows) > 1:
        rows[0] = [(replace(cell, header=True), height) for cell, height in rows[0]]
    return caption, spread(rows)


def _cell(source: str, plain: Callable[[str], str]) -> Reaching:
    columns = rows = 1
    if match := re.match(r"\s*\\multicolumn\s*\{\s*(\d{1,3})\s*\}", source):
        columns = int(match[1])
        source = re.sub(r"\\multicolumn\s*\{[^{}]*\}\s*\{[^{}]*\}", "", source, count=1)
    if match := re.search(r"\\multirow\s*\{\s*(\d{1,4})\s*\}", source):
        rows = int(match[1])
        source = re.sub(r"\\multirow\s*\{[^{}]*\}\s*\{[^{}]*\}", "", source, count=1)
    return Cell(plain(source), columns), rows
