"""Terms with what is said of them: below and indented, or beside them with its lines below each other."""

from __future__ import annotations

from collections.abc import Sequence

from .layout import Row

_LONGEST_BESIDE = 4  # words of a term that stands at the left of its meaning
_FOOTNOTE_MARK = 0.85  # of the height of the text: what is smaller is a footnote's number
_INDENT = (0.6, 14.0)  # of a line's height


def is_indented(row: Row, above: Row) -> bool:
    return _INDENT[0] * above.size < row.x0 - above.x0 < _INDENT[1] * above.size


def hanging_end(rows: Sequence[Row], at: int) -> int:
    """Where the meaning ends that begins beside a term in `rows[at]` and goes on below itself. 0: none begins there."""
    row = rows[at]
    if len(row.pieces) < 2 or len(row.pieces[0].words) > _LONGEST_BESIDE or at + 1 >= len(rows):
        return 0
    if row.pieces[0].size < _FOOTNOTE_MARK * row.pieces[1].size:
        return 0
    indent = row.pieces[1].x0
    words = row.words - len(row.pieces[0].words)
    if not _INDENT[0] * row.size < indent - row.x0 < _INDENT[1] * row.size or words < 4:
        return 0
    below = rows[at + 1]
    if abs(below.x0 - indent) > 3 or below.y0 - row.y1 > 0.6 * row.size or below.mono:
        return 0
    end = at + 1
    while end < len(rows) and rows[end].x0 >= indent - 3:
        end += 1
    return end


def without_term(row: Row) -> Row:
    """The line of a meaning that begins beside its term."""
    rest = Row(row.pieces[1:], row.y0, row.y1)
    rest.settle()
    return rest
