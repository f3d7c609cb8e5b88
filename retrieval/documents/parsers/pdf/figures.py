"""Tables of figures without lines, as in financial statements: columns of amounts whose right edges stand below each other.

Currency signs, closing brackets and per cent signs may stand apart from their amounts; the names of the columns take several
rows, of which the upper ones cover several columns; labels break over lines, and lines without amounts name what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .layout import Row
from .page import Segment, Span

_CURRENCY = re.compile(r"^(?:(?:US|C|A|HK|NZ|R)?\$|[€£¥₹]|CHF|EUR|USD|GBP)$")
_CLOSING = re.compile(r"^\)?\s?(?:%|pts|bps|x)?\)?$")
_AMOUNT = re.compile(
    r"^(?:(?:US)?\$|[€£¥₹])?[(+−–-]{0,2}(?:(?:US)?\$|[€£¥₹])?\d[\d.,'’]*(?<![,'’])[)%*]{0,3}$|^(?:(?:US)?\$|[€£¥₹])?\(?[—–-]+\)?%?$|^N/?[AM]$"
)
_YEAR = re.compile(r"^(?:FY\s?|\d{1,2},\s?)?(?:19|20)\d\d(?:E|A)?$")
_UNIT = re.compile(r"^\(.*\)?:?$")  # "(in millions)"
_NOTE_MARK = re.compile(r"^\(\d{1,2}\)$")
_JOINED = 3.5  # points between pieces of a drawn line
_APART = 0.6  # of a line's height: more white than between words
_MOST_HEADS = 5  # rows that name the columns
_MOST_COLUMNS = 30
_LONGEST_LABEL = 4  # lines
_LONGEST_NAME = 90  # characters, of what names a column in one line
_CONTINUES = re.compile(r"^(?:[a-z(&]|\d)")


@dataclass(slots=True)
class _Cell:
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
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class _Line:
    row: Row
    cells: list[_Cell]
    amounts: int = 0  # cells at its end that are amounts

    @property
    def named(self) -> bool:
        """Amounts stand in it, and not years alone."""
        return self.amounts > 0 and not all(_YEAR.match(cell.text) for cell in self.cells[-self.amounts :])


@dataclass(slots=True)
class Figures:
    """`rows[start:end]` of a region. Each body row begins with its label."""

    start: int
    end: int
    head: list[str]  # empty where nothing names the columns
    body: list[list[str]] = field(default_factory=list)


def tidy(text: str) -> str:
    """An amount whose signs stand apart from it, written as is usual."""
    text = re.sub(r"(?<![^\s(])((?:US)?\$|[€£¥₹])\s+(?=[\d(.—–-])", r"\1", text)
    return re.sub(r"(?<=[\d—–])\s+(?=\)|%)|(?<=\))\s+(?=%)", "", text)


def find_figures(rows: Sequence[Row], rules: Sequence[Span]) -> list[Figures]:
    """The tables of figures among `rows`, in order. `rules`: level lines that are drawn, of any length."""
    lines = [_line(row) for row in rows]
    strong = [number for number, line in enumerate(lines) if line.amounts >= 2 and line.named]
    tables: list[Figures] = []
    taken = 0
    for first, last in _stretches(lines, strong):
        columns = _columns([line for line in lines[first : last + 1] if line.amounts >= 2 and line.named])
        if not 2 <= len(columns) <= _MOST_COLUMNS:
            continue
        start = _head_start(lines, first, last, taken, columns)
        end = _body_end(lines, last, columns)
        tables.append(_table(lines, start, first, end, columns, rules))
        taken = end
    return tables


def _line(row: Row) -> _Line:
    if not any(letter.isdigit() for letter in row.text) or row.mono:
        return _Line(row, [_of_segment(piece) for piece in row.pieces])
    cells: list[_Cell] = []
    room = _APART * row.size
    for piece in row.pieces:
        for word, left, right in zip(piece.words, piece.lefts, piece.rights, strict=True):
            last = cells[-1] if cells else None
            if last is not None and not _parts(last, word, left, left - last.x1 > room):
                last.words.append(word)
                if not (_CLOSING.match(word) and last.amount):
                    last.x0 = left if _CURRENCY.match(last.words[0]) and len(last.words) == 2 else last.x0
                    last.x1 = right
                last.amount = _is_amount(last.words)
            else:
                cells.append(_Cell([word], left, right, left, _is_amount([word])))
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
    return _Line(row, cells, amounts)


def _of_segment(piece: Segment) -> _Cell:
    return _Cell(list(piece.words), piece.x0, piece.x1, piece.x0)


def _is_amount(words: Sequence[str]) -> bool:
    text = "".join(words)
    return len(words) <= 4 and bool(_AMOUNT.match(text))


def _parts(cell: _Cell, word: str, left: float, wide: bool) -> bool:
    """Whether `word` begins another cell than the one before it."""
    last = cell.words[-1]
    if _CURRENCY.match(last) and len(cell.words) == 1:
        return not _is_amount([word]) and word != "("
    if _CLOSING.match(word) and (cell.amount or cell.words[-1].startswith("(")) and left - cell.x1 < 12:
        return False
    if _CURRENCY.match(word):
        return True
    if cell.amount and _is_amount([word]):
        return not (last.endswith(",") or (_YEAR.match(word) and not wide and last.endswith(",")))
    return wide


def _stretches(lines: Sequence[_Line], strong: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last line with amounts of each table: what names columns, or prose, parts it from the next."""
    first = previous = -1
    for number in strong:
        if first >= 0 and _go_together(lines, previous, number):
            previous = number
            continue
        if _suffice(lines, first, previous):
            yield first, previous
        first = previous = number
    if _suffice(lines, first, previous):
        yield first, previous


def _suffice(lines: Sequence[_Line], first: int, last: int) -> bool:
    """Several rows with amounts, or a single row right below years."""
    above = lines[first - 1] if first > 0 else None
    years = above is not None and sum(bool(_YEAR.match(cell.text)) for cell in above.cells) >= 2
    years = years and above is not None and not above.named and _near(above, lines[first], 1.2)
    return last > first or (first >= 0 and years)


def _go_together(lines: Sequence[_Line], above: int, below: int) -> bool:
    """Whether lines of two rows with amounts are of one table."""
    edge = min(cell.left for cell in lines[above].cells[-lines[above].amounts :])
    between = lines[above + 1 : below]
    if len(between) > 8:
        return False
    labels = 0
    for upper, line in pairwise([lines[above], *between, lines[below]]):
        gap = line.row.y0 - upper.row.y1
        if gap < -line.row.size or gap > 3.5 * line.row.size or line.row.size > 1.3 * lines[above].row.size:
            return False
    for line in between:
        if line.amounts == 1 and line.named and line.cells[0].x0 < edge:
            labels = 0  # a row with a single amount
            continue
        if line.row.x0 > edge - line.row.size or line.amounts >= 2 or len(line.cells) > 2:
            return False  # it names columns
        labels += 1
        if labels > _LONGEST_LABEL or (line.row.x1 > edge + 4 * line.row.size and line.row.words > 8):
            return False
    return _are_level(lines[above], lines[below])


def _are_level(above: _Line, below: _Line) -> bool:
    """Whether most amounts of the line with fewer stand below, or above, those of the other."""
    upper, lower = above.cells[-above.amounts :], below.cells[-below.amounts :]
    fewer, more = (upper, lower) if len(upper) <= len(lower) else (lower, upper)
    level = sum(any(min(cell.x1, other.x1) > max(cell.x0, other.x0) - 2 for other in more) for cell in fewer)
    return level >= 0.75 * len(fewer)


def _columns(lines: Sequence[_Line]) -> list[tuple[float, float]]:
    """The columns' extents: amounts that overlap stand in one, unless they stand in one line."""
    for line in lines:
        _keep_labels(line, lines)
    spans = sorted((cell.x0, cell.x1) for line in lines for cell in line.cells[-line.amounts :])
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] - 0.5:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    most = max(line.amounts for line in lines)
    if len(columns) >= most:
        return columns
    full = next(line for line in lines if line.amounts == most)
    return [(cell.x0, cell.x1) for cell in full.cells[-most:]]


def _keep_labels(line: _Line, lines: Sequence[_Line]) -> None:
    """A figure where others have their label is a label: the year at the end of "Balance as of June 30, 2022"."""
    if line.amounts < len(line.cells) or line.amounts < 3:
        return
    first, second = line.cells[0], line.cells[1]
    labels = sum(other.amounts < len(other.cells) and other.cells[0].x0 < first.x1 < second.x0 for other in lines)
    if 2 * labels > len(lines):
        first.amount = False
        line.amounts -= 1


def _column_of(cell: _Cell, columns: Sequence[tuple[float, float]]) -> int:
    overlaps = [min(cell.x1, right) - max(cell.x0, left) for left, right in columns]
    return overlaps.index(max(overlaps))


def _head_start(lines: Sequence[_Line], first: int, last: int, taken: int, columns: Sequence[tuple[float, float]]) -> int:
    """Where the rows that name the columns begin, above the first row with amounts and what names its group."""
    edge = columns[0][0] - 3 * lines[first].row.size
    margin = lines[first].row.x0 + lines[first].row.size
    room = 1.3 * max(1.2 * lines[first].row.size, _usual_gap(lines, first, last))
    at = first
    while (
        at > taken
        and first - at < 3
        and _is_label(lines[at - 1], edge)
        and not _names(lines[at - 1], columns, margin)
        and _gap(lines, at) < room
    ):
        at -= 1  # "ASSETS:", above the first amounts and below the names
    if at == taken or not _names(lines[at - 1], columns, margin):
        at = first
    top = at
    while top > taken and at - top < _MOST_HEADS and _names(lines[top - 1], columns, margin) and _gap(lines, top) < room:
        top -= 1
    return top if top < at else first


def _gap(lines: Sequence[_Line], at: int) -> float:
    """The white between a line and the one above it."""
    return lines[at].row.y0 - lines[at - 1].row.y1


def _usual_gap(lines: Sequence[_Line], first: int, last: int) -> float:
    gaps = sorted(_gap(lines, at) for at in range(first + 1, last + 1))
    return gaps[len(gaps) // 2] if gaps else 0.0


def _is_label(line: _Line, edge: float) -> bool:
    return not line.amounts and line.row.x0 < edge and line.row.words <= 14


def _near(above: _Line, below: _Line, room: float) -> bool:
    return below.row.y0 - above.row.y1 < room * below.row.size


def _names(line: _Line, columns: Sequence[tuple[float, float]], margin: float) -> bool:
    """Whether it stands above the columns of amounts; at the left there may be a unit, or the name of the labels."""
    edge = columns[0][0]
    over = [cell for cell in line.cells if cell.x1 > edge - 2 and cell.x0 > margin]
    left = [cell for cell in line.cells if cell not in over]
    if not over or (line.named and line.amounts >= 2):
        return False
    if over[0].middle < edge - 3 * line.row.size and not any(abs(over[0].x1 - right) < 4 for _, right in columns):
        return False
    if len(over) == 1 and _UNIT.match(over[0].text):
        return False
    if len(left) > 1 or (left and len(left[0].words) > 6) or (len(over) == 1 and left and not left[0].text.startswith("(")):
        return False
    return all(len(cell.text) <= _LONGEST_NAME for cell in over) and not line.row.text.endswith((".", ";"))


def _body_end(lines: Sequence[_Line], last: int, columns: Sequence[tuple[float, float]]) -> int:
    """Behind the last row with amounts: what its label goes on with, and rows with a single amount."""
    end = last + 1
    while end < len(lines) and _near(lines[end - 1], lines[end], 1.2):
        line = lines[end]
        amounts = line.cells[-line.amounts :] if line.amounts else []
        single = line.amounts >= 1 and line.named and line.cells[0].x0 < columns[0][0] - line.row.size
        if (single and all(any(cell.x1 > left and cell.x0 < right for left, right in columns) for cell in amounts)) or (
            end == last + 1
            and _is_label(line, columns[0][0])
            and _CONTINUES.match(line.row.text)
            and _near(lines[last], line, 0.5)
        ):
            end += 1
        else:
            break
    return end


def _table(
    lines: Sequence[_Line], start: int, first: int, end: int, columns: Sequence[tuple[float, float]], rules: Sequence[Span]
) -> Figures:
    margin = lines[first].row.x0 + lines[first].row.size
    heads = start
    while heads < first and _names(lines[heads], columns, margin):
        heads += 1
    head = _column_names(lines[start:heads], columns, rules) if heads > start else []
    return Figures(start, end, head, list(_body(lines[heads:end], columns)))


def _column_names(lines: Sequence[_Line], columns: Sequence[tuple[float, float]], rules: Sequence[Span]) -> list[str]:
    parts: list[list[str]] = [[] for _ in range(len(columns) + 1)]
    pitch = min((right[1] - left[1] for left, right in pairwise(columns)), default=100.0)
    above: list[list[int]] = []  # the columns of each name in the line above
    for number, line in enumerate(lines):
        cells = _head_cells(line, columns)
        below = _rules_below(lines, number, rules)
        covered: dict[int, list[int]] = {}
        for cell in cells:
            if cell.x1 < columns[0][0] - 2 and cell is cells[0] and cell.x1 < min(left for left, _ in columns):
                if not cell.text.startswith("("):  # a unit
                    parts[0].append(cell.text)
                continue
            covered[id(cell)] = _covered(cell, cells, columns, below, pitch)
        over = [cell for cell in cells if id(cell) in covered]
        if len(over) == len(above) < len(columns) and any(len(group) > 1 for group in above):
            covered = {id(cell): group for cell, group in zip(over, above, strict=True)}  # the second line of a name
        _fill(covered, over, columns)
        above = [covered[id(cell)] for cell in over]
        for cell in over:
            for column in covered[id(cell)]:
                parts[column + 1].append(cell.text)
    return [" ".join(dict.fromkeys(names)) for names in parts]


def _fill(covered: dict[int, list[int]], cells: Sequence[_Cell], columns: Sequence[tuple[float, float]]) -> None:
    """Where a name stands over several columns, those that none stands over belong to the nearest."""
    if not any(len(columns_below) > 1 for columns_below in covered.values()):
        return
    named = {column for columns_below in covered.values() for column in columns_below}
    for column, (left, right) in enumerate(columns):
        if column not in named:
            nearest = min(cells, key=lambda cell: max(cell.x0 - right, left - cell.x1))
            covered[id(nearest)].append(column)


def _head_cells(line: _Line, columns: Sequence[tuple[float, float]]) -> list[_Cell]:
    """The line's cells, divided where words stand over columns that are close together."""
    cells: list[_Cell] = []
    for piece in line.row.pieces:
        words = list(zip(piece.words, piece.lefts, piece.rights, strict=True))
        gaps = [right[1] - left[2] for left, right in pairwise(words)]
        wide = _APART * line.row.size
        if len(gaps) > 1 and min(gaps) < 0.45 * line.row.size:
            wide = min(wide, max(1.9 * min(gaps), 0.3 * line.row.size))
        for at, (word, left, right) in enumerate(words):
            gap = gaps[at - 1] if at else 0.0
            usual = sorted(gaps)[len(gaps) // 2] if len(gaps) > 2 else 0.0
            over = gap > max(0.33 * line.row.size, 1.3 * usual) and _stand_apart(cells[-1], left, right, columns)
            if at and gaps[at - 1] <= wide and not over:
                cells[-1].words.append(word)
                cells[-1].x1 = right
            else:
                cells.append(_Cell([word], left, right, left))
    return cells


def _stand_apart(cell: _Cell, left: float, right: float, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a word stands over another column than the words before it."""
    before = {at for at, (x0, x1) in enumerate(columns) if min(cell.x1, x1) > max(cell.x0, x0)}
    after = {at for at, (x0, x1) in enumerate(columns) if min(right, x1) > max(left, x0)}
    return bool(before and after) and before.isdisjoint(after)


def _rules_below(lines: Sequence[_Line], number: int, rules: Sequence[Span]) -> list[tuple[float, float]]:
    """From where to where lines are drawn below a row, as far as the next row's middle; a line may be drawn cell by cell."""
    row = lines[number].row
    lowest = (lines[number + 1].row.y0 + lines[number + 1].row.y1) / 2 if number + 1 < len(lines) else row.y1 + row.size
    levels: dict[int, list[tuple[float, float]]] = {}
    for x0, y0, x1, y1 in rules:
        if row.y1 - 3 <= y0 and y1 <= lowest:
            levels.setdefault(round((y0 + y1) / 6), []).append((x0, x1))
    joined: list[tuple[float, float]] = []
    for pieces in levels.values():
        pieces.sort()
        current = pieces[0]
        for x0, x1 in pieces[1:]:
            if x0 > current[1] + _JOINED:
                joined.append(current)
                current = (x0, x1)
            else:
                current = (current[0], max(current[1], x1))
        joined.append(current)
    return joined


def _covered(
    cell: _Cell,
    cells: Sequence[_Cell],
    columns: Sequence[tuple[float, float]],
    rules: Sequence[tuple[float, float]],
    pitch: float,
) -> list[int]:
    """The columns that a name stands over."""
    for x0, x1 in rules:
        above = sum(x0 - 2 <= other.middle <= x1 + 2 for other in cells)
        if above == 1 and x0 - 2 <= cell.middle <= x1 + 2 and x1 - x0 < 0.97 * (columns[-1][1] - columns[0][0] + pitch):
            below = [at for at, (left, right) in enumerate(columns) if x0 - 2 <= (left + right) / 2 <= x1 + 2]
            if below:
                return below
    over = [other for other in cells if other.x1 > columns[0][0] - 2]
    share = len(columns) // len(over)
    if share > 1 and share * len(over) == len(columns):
        groups = [columns[at : at + share] for at in range(0, len(columns), share)]
        offsets = [abs(other.middle - (group[0][0] + group[-1][1]) / 2) for other, group in zip(over, groups, strict=True)]
        if max(offsets) < 0.45 * pitch:
            at = over.index(cell) * share
            return list(range(at, at + share))
    overlapped = [at for at, (left, right) in enumerate(columns) if min(cell.x1, right) - max(cell.x0, left) > 1]
    if len(overlapped) > 1:
        return overlapped
    edges = [abs(cell.x1 - right) for _, right in columns]
    middles = [abs(cell.middle - (left + right) / 2) for left, right in columns]
    nearest = [min(pair) for pair in zip(edges, middles, strict=True)]
    return overlapped or [nearest.index(min(nearest))]


@dataclass(frozen=True, slots=True)
class _Group:
    """A line without amounts that names the rows below it: those indented below it, or all up to the next such line."""

    left: float
    name: str
    flat: bool

    def holds(self, left: float) -> bool:
        return left > self.left + 1 or (self.flat and left > self.left - 1)


def _body(lines: Sequence[_Line], columns: Sequence[tuple[float, float]]) -> Iterator[list[str]]:
    """Rows with their labels made whole, each below the names of its groups."""
    groups: list[_Group] = []
    waiting: list[_Line] = []  # lines without amounts
    row: list[str] | None = None
    left = 0.0
    for number, line in enumerate(lines):
        if not line.amounts:
            following = lines[number + 1] if number + 1 < len(lines) else None
            if row is not None and not waiting and _goes_on(lines[number - 1], line, following):
                row[0] = _joined([row[0] + ("-" if lines[number - 1].row.hyphen else ""), _label_text(line)])
            else:
                waiting.append(line)
            continue
        if row is not None:
            yield _below(groups, row)
        row = _cells_of(line, columns)
        begun = _label_lines(waiting, line, has_label=bool(row[0]))
        row[0] = _joined([*map(_label_text, begun), row[0]])
        left = min([line.row.x0, *(part.row.x0 for part in begun)])
        for above in waiting[: len(waiting) - len(begun)]:
            groups = [group for group in groups if group.left < above.row.x0 - 1]
            name, flat = above.row.text, above.row.text.endswith(":") and abs(above.row.x0 - left) <= 1
            groups.append(_Group(above.row.x0, name.rstrip(": "), flat))
            if not groups[-1].holds(left):
                yield [name] + [""] * len(columns)
        waiting = []
        groups = [group for group in groups if group.holds(left)]
    if row is not None:
        yield _below(groups, row)
    for line in waiting:
        yield [line.row.text] + [""] * len(columns)


def _cells_of(line: _Line, columns: Sequence[tuple[float, float]]) -> list[str]:
    """The label, and what stands in each column."""
    row = [""] * (len(columns) + 1)
    for number, cell in enumerate(line.cells):
        labels = cell.x1 <= columns[0][0] - 1 or (number == 0 and not cell.amount)
        column = 0 if labels else _column_of(cell, columns) + 1
        row[column] = f"{row[column]} {cell.text}".strip()
    row[0] = tidy(row[0])
    return row


def _label_lines(waiting: Sequence[_Line], line: _Line, *, has_label: bool) -> list[_Line]:
    """Those of the lines above that are the beginning of the line's own label."""
    begun: list[_Line] = []
    below, text = line, line.row.text if has_label else ""
    for number in range(len(waiting) - 1, -1, -1):
        above = waiting[number]
        gap = below.row.y0 - above.row.y1
        apart = number > 0 and above.row.y0 - waiting[number - 1].row.y1 > gap + 0.15 * line.row.size
        if gap > 0.35 * line.row.size or above.row.text.endswith(":"):
            break
        if text and not (_CONTINUES.match(text) or above.row.hyphen or apart or above.row.text.endswith(",")):
            break
        begun.insert(0, above)
        below, text = above, above.row.text
    return begun


def _goes_on(above: _Line, below: _Line, following: _Line | None) -> bool:
    """Whether `below` is the rest of the label of the row above it, rather than the beginning of the next."""
    gap = below.row.y0 - above.row.y1
    if (
        gap > 0.35 * below.row.size
        or below.row.text.endswith(":")
        or abs(below.row.x0 - above.row.x0) > 2.5 * below.row.size
    ):
        return False
    if following is not None and following.row.y0 - below.row.y1 < gap + 0.1 * below.row.size:
        return False
    return bool(_CONTINUES.match(below.row.text) or above.row.hyphen)


def _label_text(line: _Line) -> str:
    """A hyphen at the end of a line of a label is taken for the word's own."""
    return line.row.text + ("-" if line.row.hyphen else "")


def _below(groups: Sequence[_Group], row: Sequence[str]) -> list[str]:
    names = [group.name for group in groups[-2:]]
    return [": ".join(part for part in (*names, row[0]) if part), *row[1:]]


def _joined(parts: Sequence[str]) -> str:
    text = " ".join(part for part in parts if part)
    return re.sub(r"(?<=\w)- (?!and\b|or\b)", "-", text).rstrip("-")
