"""What is drawn on a page: the lines of tables, and how much of it a picture covers."""

from __future__ import annotations

import ctypes
from typing import Any

from .page import PageContent, Span

_MOST_OBJECTS = 4_000  # a page: beyond, it is a drawing, and its lines are no table's
_MOST_SEGMENTS = 200  # a path
_PATH, _IMAGE, _FORM = 2, 3, 5


def read_drawing(page: Any, content: PageContent) -> None:
    """Thin boxes and lines, and how much of the page a picture covers."""
    import pypdfium2.raw as raw

    count = raw.FPDFPage_CountObjects(page)
    if count > _MOST_OBJECTS:
        return
    area = max(content.width * content.height, 1.0)
    box = [ctypes.c_float() for _ in range(4)]
    left, bottom, right, top = (ctypes.byref(value) for value in box)
    sheet = page.get_bbox()
    turned = bool(page.get_rotation())
    kind_of, bounds_of, at = raw.FPDFPageObj_GetType, raw.FPDFPageObj_GetBounds, raw.FPDFPage_GetObject
    for index in range(count):
        item = at(page, index)
        kind = kind_of(item)
        if kind not in (_PATH, _IMAGE, _FORM):
            continue
        if not bounds_of(item, left, bottom, right, top):
            continue
        x0, y0, x1, y1 = (value.value for value in box)
        if kind == _PATH:
            content.paths += 1
            if not turned:
                for rx0, ry0, rx1, ry1 in _rules(raw, item, x0, y0, x1, y1):
                    content.rules.append((rx0 - sheet[0], sheet[3] - ry1, rx1 - sheet[0], sheet[3] - ry0))
        else:
            content.pictures = max(content.pictures, abs((x1 - x0) * (y1 - y0)) / area)


def _rules(raw: Any, item: Any, x0: float, y0: float, x1: float, y1: float) -> list[Span]:
    """The straight lines of a path, and the edges of a box."""
    wide, high = x1 - x0, y1 - y0
    if (wide <= 3 and high >= 6) or (high <= 3 and wide >= 6):
        return [(x0, y0, x1, y1)]
    if wide < 6 or high < 6:
        return []
    count = raw.FPDFPath_CountSegments(item)
    if not 2 <= count <= _MOST_SEGMENTS:
        return []
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    lines: list[Span] = []
    start = previous = (0.0, 0.0)
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        ends = [(previous, point)] if kind == raw.FPDF_SEGMENT_LINETO else []
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind != raw.FPDF_SEGMENT_LINETO:
            return []  # it is curved
        if raw.FPDFPathSegment_GetClose(segment):
            ends.append((point, start))
        previous = point
        for (ax, ay), (bx, by) in ends:
            if abs(ax - bx) <= 1 or abs(ay - by) <= 1:
                lines.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
    return lines
