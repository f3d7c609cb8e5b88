"""The reading order of a page: its columns, its notes at the side, and the rows of each.

Columns are told from the columns of a table by what stands in them: lines of prose fill a column, cells do not. A table
that was read by its drawn lines takes part as one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from .grids import Grid
from .page import Segment

_DEEPEST = 6  # columns within columns
_FEWEST_LINES = 3  # of a column
_GUTTER = 0.5  # of the height of a line
_NOTE = 0.45  # of the width of what it stands beside: a narrower column is a note

Piece = Segment | Grid


@dataclass(slots=True)
class Row:
    """What stands on one line of a column, from left to right."""

    pieces: list[Segment]
    y0: float
    y1: float
    x0: float = 0.0
    x1: float = 0.0
    size: float = 0.0
    text: str = ""
    words: int = 0
    mono: bool = False
    bold: bool = False
    hyphen: bool = False  # its last word goes on in the next

    def settle(self) -> None:
        """All pieces are in: what is asked for many times is worked out once."""
        pieces = self.pieces
        if len(pieces) > 1:
            pieces.sort(key=lambda segment: segment.x0)
        self.x0, self.hyphen = pieces[0].x0, pieces[-1].hyphen
        self.x1 = max([piece.x1 for piece in pieces])
        self.size = max([piece.y1 - piece.y0 for piece in pieces])
        self.text = " ".join([word for piece in pieces for word in piece.words])
        self.words = sum([len(piece.words) for piece in pieces])
        self.mono = sum([piece.mono for piece in pieces]) > 0.8 * self.words
        self.bold = sum([piece.bold for piece in pieces]) > 0.8 * self.words


@dataclass(slots=True)
class Region:
    """A stretch of a column: rows, or a table that was drawn."""

    rows: list[Row] = field(default_factory=list)
    grid: Grid | None = None


def reading_order(segments: Sequence[Segment], grids: Sequence[Grid]) -> list[Region]:
    """The page's regions as they are read. `grids` hold their own segments."""
    pieces: list[Piece] = [*segments, *grids]
    regions: list[Region] = []
    for piece in _ordered(pieces, 0):
        if isinstance(piece, Grid):
            regions.append(Region(grid=piece))
        else:
            regions.append(Region(rows_of(piece)))
    return regions


def rows_of(segments: Sequence[Segment]) -> list[Row]:
    """Segments on one line together, from the top."""
    rows: list[Row] = []
    for segment in sorted(segments, key=lambda segment: (segment.y0 + segment.y1, segment.x0)):
        row = rows[-1] if rows else None
        if row is not None:
            overlap = min(row.y1, segment.y1) - max(row.y0, segment.y0)
            if overlap > 0.5 * min(row.y1 - row.y0, segment.y1 - segment.y0):
                row.pieces.append(segment)
                if segment.y1 - segment.y0 > row.y1 - row.y0:
                    row.y0, row.y1 = segment.y0, segment.y1
                continue
        rows.append(Row([segment], segment.y0, segment.y1))
    for row in rows:
        row.settle()
    return rows


def _ordered(pieces: Sequence[Piece], depth: int) -> list[list[Segment] | Grid]:
    gutter = _gutter(pieces) if depth < _DEEPEST else None
    if gutter is None:
        return _stacked(pieces)
    ordered: list[list[Segment] | Grid] = []
    for band in gutter.bands:
        if band.columns:
            ordered += _ordered(band.left, depth + 1) + _ordered(band.right, depth + 1)
        else:
            fewer = [*band.left, *band.right]
            ordered += _ordered(fewer, depth + 1 if len(fewer) < len(pieces) else _DEEPEST)
            ordered += _ordered(band.notes, depth + 1) if band.notes else []
    return ordered


def _stacked(pieces: Sequence[Piece]) -> list[list[Segment] | Grid]:
    """One column from top to bottom, divided by its tables."""
    grids = sorted((piece for piece in pieces if isinstance(piece, Grid)), key=lambda grid: grid.y0)
    rest = sorted((piece for piece in pieces if isinstance(piece, Segment)), key=lambda piece: piece.y0)
    ordered: list[list[Segment] | Grid] = []
    for grid in grids:
        above = [piece for piece in rest if (piece.y0 + piece.y1) / 2 < grid.y0 + 1]
        if above:
            ordered.append(above)
        ordered.append(grid)
        rest = rest[len(above) :]
    if rest:
        ordered.append(rest)
    return ordered


@dataclass(slots=True)
class _Band:
    left: list[Piece] = field(default_factory=list)
    right: list[Piece] = field(default_factory=list)
    columns: bool = False
    notes: list[Piece] = field(default_factory=list)  # beside `left`, which goes on above and below


@dataclass(slots=True)
class _Gutter:
    bands: list[_Band]
    lines: int


def _gutter(pieces: Sequence[Piece]) -> _Gutter | None:
    """The best place to part the page in columns; None where there are none."""
    segments = [piece for piece in pieces if isinstance(piece, Segment)]
    if len(segments) < 2 * _FEWEST_LINES:
        return None
    leftmost = min(segment.x0 for segment in segments)
    height = median(segment.size for segment in segments)
    starts: dict[int, list[float]] = {}
    for segment in segments:
        if segment.x0 > leftmost + 3 * height:
            starts.setdefault(round(segment.x0 / 3), []).append(segment.x0)
    clusters = [[at for near in (key - 1, key, key + 1) for at in starts.get(near, ())] for key in starts]
    clusters.sort(key=len, reverse=True)
    best: _Gutter | None = None
    for edge in dict.fromkeys(min(cluster) for cluster in clusters[:8] if len(cluster) >= _FEWEST_LINES):
        parted = _parted(pieces, edge, _GUTTER * height)
        if parted.lines and (best is None or parted.lines > best.lines):
            best = parted
    return best


def _parted(pieces: Sequence[Piece], edge: float, room: float) -> _Gutter:
    """Bands from the top: where nothing crosses the gutter left of `edge` there may be columns."""
    bands = [_Band()]
    lines = 0
    crossed = True
    for piece in sorted(pieces, key=lambda piece: piece.y0 + piece.y1):
        if piece.x0 >= edge - 0.5:
            side = "right"
        elif piece.x1 <= edge - room:
            side = "left"
        else:
            side = "across"
        if (side == "across") != crossed:
            bands.append(_Band())
            crossed = side == "across"
        (bands[-1].right if side == "right" else bands[-1].left).append(piece)
    bands = [part for band in bands for part in _before_and_after(band)]
    for band in bands:
        if band.right and band.left and _are_columns(band.left, band.right):
            band.columns = True
            lines += min(len(band.left), len(band.right))
    return _Gutter(_merged(bands), lines)


def _before_and_after(band: _Band) -> list[_Band]:
    """What stands at the left below the right column, and comes after it in the file, is no part of the columns."""
    if not band.right or not band.left:
        return [band]
    end = max(piece.y1 for piece in band.right)
    last = max(piece.order for piece in band.right)
    after = [piece for piece in band.left if piece.y0 > end and piece.order > last]
    if not after:
        return [band]
    return [_Band([piece for piece in band.left if not (piece.y0 > end and piece.order > last)], band.right), _Band(after)]


def _merged(bands: list[_Band]) -> list[_Band]:
    merged: list[_Band] = []
    for band in bands:
        if band.columns and _width(band.right) < _NOTE * _width(band.left):
            band = _Band(band.left, notes=band.right)
        if merged and not band.columns and not merged[-1].columns:
            merged[-1].left += [*band.left, *band.right]
            merged[-1].notes += band.notes
        else:
            merged.append(band)
    return merged


def _width(pieces: Sequence[Piece]) -> float:
    return max(piece.x1 for piece in pieces) - min(piece.x0 for piece in pieces)


def _are_columns(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Prose on both sides, or the file gives all of the left before all of the right."""
    if any(isinstance(piece, Grid) for piece in (*left, *right)):
        return True
    left_lines = [piece for piece in left if isinstance(piece, Segment)]
    right_lines = [piece for piece in right if isinstance(piece, Segment)]
    if min(len(left_lines), len(right_lines)) < _FEWEST_LINES:
        return False
    if _is_prose(left_lines) and _is_prose(right_lines):
        return True
    if _is_celled(left_lines) and _is_celled(right_lines):
        return False
    in_file_order = max(piece.order for piece in left_lines) < min(piece.order for piece in right_lines)
    return in_file_order and not _share_baselines(left_lines, right_lines)


def _is_prose(lines: Sequence[Segment]) -> bool:
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    full = sum(line.x1 - line.x0 > 0.6 * width for line in lines)
    words = sum(len(line.words) for line in lines) / len(lines)
    return full >= 0.5 * len(lines) and words >= 3


def _is_celled(lines: Sequence[Segment]) -> bool:
    """Short pieces stand side by side, as the names of a table's columns do."""
    words = sum(len(line.words) for line in lines) / len(lines)
    return words < 2.5 and len(lines) > 1.4 * len(rows_of(lines))


def _share_baselines(left: Sequence[Segment], right: Sequence[Segment]) -> bool:
    """Most lines of the shorter side stand level with one of the other, as cells do, and are as short as cells."""
    levels = {round(line.y1) for line in left}
    level = sum(round(line.y1) in levels or round(line.y1) + 1 in levels for line in right)
    words = sum(len(line.words) for line in (*left, *right)) / (len(left) + len(right))
    return level > 0.8 * min(len(left), len(right)) and words < 2.5
