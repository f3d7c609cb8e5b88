"""A page's words with their places and fonts, as PDFium finds them, and what is drawn beneath them.

PDFium is asked three things a word, by addresses and without ctypes' conversions: that is what keeps a page at a few milliseconds.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

HYPHEN = "\ufffe"  # how PDFium marks the hyphen of a word that is divided at a line's end
_WORD = re.compile(rf"([^\s{HYPHEN}]+)({HYPHEN}?\s*)")
_MONO = re.compile(r"mono|courier|consol|typewriter|menlo|cmtt|cmsltt|cmvtt|ectt|lmtt|fixed|terminal|\bcode", re.I)
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|cmbx|cmssbx|cmb10|ecbx|sfbx|lmbx|[-,]bd", re.I)
_NOTES = re.compile(r"emmentaler|feta|parmesan|bravura|musejazz|maestro|opus-?(std|text)?$", re.I)  # music: no letters
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18
_NO_LETTERS = 4
_MOST_CHARS = 400_000  # a page: a bible printed small has 20,000
_MOST_OBJECTS = 4_000  # a page: beyond, it is a drawing, and its lines are no table's
_MOST_SEGMENTS = 200  # a path
_PATH, _IMAGE, _FORM = 2, 3, 5
_REPLACED = {ord(source): target for source, target in zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)} | {
    0xAD: None,  # soft hyphen
    0: None,
    0x200B: None,
}

Span = tuple[float, float, float, float]


@dataclass(slots=True)
class Segment:
    """Words that stand close together on a line. The y axis points down; units are points."""

    x0: float
    y0: float
    x1: float
    y1: float
    words: list[str]
    lefts: list[float]
    rights: list[float]
    mono: int = 0  # words of a monospaced font
    bold: int = 0
    hyphen: bool = False  # its last word goes on in the next line
    order: int = 0  # where it stands in the file

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def size(self) -> float:
        return self.y1 - self.y0


@dataclass(slots=True)
class PageContent:
    """What a page holds before anything is known of its layout. `rules`: lines drawn, as thin boxes."""

    width: float
    height: float
    segments: list[Segment] = field(default_factory=list)
    turned: list[list[Segment]] = field(default_factory=list)  # text at other angles, each angle upright for itself
    rules: list[Span] = field(default_factory=list)
    pictures: float = 0.0  # share of the page that the largest picture covers
    fields: list[tuple[str, str]] = field(default_factory=list)  # see `forms`
    remarks: list[str] = field(default_factory=list)
    recognised: bool = False  # its words come from a picture
    trouble: str = ""


def read_page(document: Any, number: int) -> PageContent:
    """Raises PdfiumError: the page is damaged."""
    page = document[number]
    try:
        width, height = page.get_size()
        content = PageContent(width, height)
        textpage = page.get_textpage()
        try:
            _read_words(page, textpage, content)
        finally:
            textpage.close()
        _read_drawing(page, content)
        return content
    finally:
        page.close()


@dataclass(frozen=True)
class _Calls:
    loose_box: Any
    text_object: Any
    angle: Any
    is_generated: Any


@cache
def _calls() -> _Calls:
    import pypdfium2.raw as raw

    def plain(function: Any, result: Any, *arguments: Any) -> Any:
        address = ctypes.cast(function, ctypes.c_void_p).value
        return ctypes.CFUNCTYPE(result, *arguments)(address)

    handle, index = ctypes.c_void_p, ctypes.c_int
    return _Calls(
        plain(raw.FPDFText_GetLooseCharBox, ctypes.c_int, handle, index, handle),
        plain(raw.FPDFText_GetTextObject, ctypes.c_void_p, handle, index),
        plain(raw.FPDFText_GetCharAngle, ctypes.c_float, handle, index),
        plain(raw.FPDFText_IsGenerated, ctypes.c_int, handle, index),
    )


def _text_of(textpage: Any) -> str:
    """The page's characters, so that an offset is PDFium's index of the character."""
    import pypdfium2.raw as raw

    count = raw.FPDFText_CountChars(textpage)
    if count <= 0:
        return ""
    count = min(count, _MOST_CHARS)
    return _stretch(raw, textpage, 0, count)


def _stretch(raw: Any, textpage: Any, start: int, count: int) -> str:
    """Halved where characters have no Unicode, or two units of it, until those are found."""
    buffer = (ctypes.c_ushort * (count + 2))()
    written = raw.FPDFText_GetText(textpage, start, count, buffer) - 1
    if written == count:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
    if count > 16:
        half = count // 2
        return _stretch(raw, textpage, start, half) + _stretch(raw, textpage, start + half, count - half)
    codes = [raw.FPDFText_GetUnicode(textpage, index) for index in range(start, start + count)]
    return "".join(
        HYPHEN if code in (2, 0xFFFE) else chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        for code in codes
    )


def _read_words(page: Any, textpage: Any, content: PageContent) -> None:
    text = _text_of(textpage)
    matches = list(_WORD.finditer(text))
    if not matches:
        return
    calls = _calls()
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    places = np.full((len(matches), 2, 4), np.nan, dtype=np.float32)  # left, top, right, bottom of first and last characters
    address = places.ctypes.data
    loose_box, text_object = calls.loose_box, calls.text_object
    fonts = _Fonts(textpage)
    runs: list[int] = []  # where words of another text object begin: within one, only the first characters are asked for
    kinds: list[int] = []
    angles: list[float] = []
    last_object = last_end = angle = 0
    for match in matches:
        start, end = match.span(1)
        loose_box(handle, start, address)
        current = text_object(handle, start)
        if current != last_object:
            if runs:
                loose_box(handle, last_end, address - 16)
            last_object = current
            angle = calls.angle(handle, start)
            runs.append(round((address - places.ctypes.data) / 32))
            kinds.append(fonts.kind(start))
            angles.append(angle)
        elif last_break or angle:
            loose_box(handle, last_end, address - 16)
        last_end, last_break = end - 1, len(match[2]) > 1 or match[2] == HYPHEN
        address += 32
    loose_box(handle, last_end, address - 16)
    lengths = np.diff([*runs, len(matches)])
    words = [match[1] for match in matches]
    _complete(places, words, lambda number: loose_box(handle, matches[number].end(1) - 1, places.ctypes.data + 32 * number + 16))
    if not text.isascii():
        words = [word if word.isascii() else word.translate(_REPLACED) for word in words]
    breaks = [match[2] for match in matches]
    same_run = np.ones(len(words), dtype=bool)
    same_run[runs] = False
    is_generated = _calls().is_generated

    def spaced(number: int) -> bool:
        return not is_generated(handle, matches[number].end(1))

    _place(
        page, content, _Words(words, breaks, np.repeat(kinds, lengths), same_run, places, np.repeat(angles, lengths), spaced)
    )


@dataclass(frozen=True, slots=True)
class _Words:
    texts: list[str]
    breaks: list[str]  # what stands between it and the next
    kinds: npt.NDArray[np.int_]  # see `_Fonts`
    same_run: npt.NDArray[np.bool_]  # belongs to the text object of the word before it
    places: npt.NDArray[np.float32]  # (n, 2, 4): left, top, right, bottom of first and last characters
    angles: npt.NDArray[np.float64]
    spaced: Callable[[int], bool]  # a space stands in the file between it and the next


def _complete(places: npt.NDArray[np.float32], words: list[str], ask: Callable[[int], object]) -> None:
    """Where a word ends that was not asked for: a space before the next, but where that seems far off."""
    missing = np.flatnonzero(np.isnan(places[:, 1, 0]))
    if not len(missing):
        return
    lengths = np.fromiter((len(word) for word in words), dtype=np.float32, count=len(words))[missing]
    left, next_left = places[missing, 0, 0], places[missing + 1, 0, 0]
    size = places[missing, 0, 1] - places[missing, 0, 3]
    places[missing, 1] = places[missing, 0]
    places[missing, 1, 2] = np.maximum(next_left - 0.25 * size, places[missing, 0, 2])
    for number in missing[next_left - left > (0.7 * lengths + 2.5) * size].tolist():
        ask(number)


class _Fonts:
    """Monospaced (1), bold (2) or without letters (4) by the font's flags and name."""

    def __init__(self, textpage: Any) -> None:
        self._textpage = textpage
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def kind(self, index: int) -> int:
        import pypdfium2.raw as raw

        raw.FPDFText_GetFontInfo(self._textpage, index, self._name, 128, ctypes.byref(self._flags))
        return _font_kind(self._name.value, self._flags.value)


@cache
def _font_kind(name: bytes, flags: int) -> int:
    plain = name.decode("utf-8", "replace").partition("+")[2] or name.decode("utf-8", "replace")
    if _NOTES.match(plain):
        return _NO_LETTERS
    mono = bool(flags & _FIXED_PITCH or _MONO.search(plain))
    bold = bool(flags & _FORCE_BOLD or _BOLD.search(plain))
    return mono + 2 * bold


def _place(page: Any, content: PageContent, words: _Words) -> None:
    """Turn what stands at an angle upright, each angle for itself, and divide all into segments."""
    first, last = words.places[:, 0], words.places[:, 1]
    left, right = np.minimum(first[:, 0], last[:, 0]), np.maximum(first[:, 2], last[:, 2])
    top, bottom = np.maximum(first[:, 1], last[:, 1]), np.minimum(first[:, 3], last[:, 3])
    quarter = np.round(np.degrees(words.angles) / 90).astype(int) % 4  # clockwise
    west, south, east, north = page.get_mediabox() if page.get_rotation() else page.get_bbox()
    for angle in sorted(set(quarter.tolist()), key=lambda angle: -int((quarter == angle).sum())):
        chosen = np.flatnonzero((quarter == angle) & (words.kinds < _NO_LETTERS))
        if not len(chosen):
            continue
        x0, x1, y0, y1 = left[chosen], right[chosen], bottom[chosen], top[chosen]
        match angle:
            case 0:
                places = (x0 - west, north - y1, x1 - west, north - y0)
            case 1:  # reads downwards
                places = (north - y1, east - x1, north - y0, east - x0)
            case 2:
                places = (east - x1, y0 - south, east - x0, y1 - south)
            case _:  # reads upwards
                places = (y0 - south, x0 - west, y1 - south, x1 - west)
        segments = _segments(words, chosen, np.stack(places).astype(np.float64))
        if content.segments:
            content.turned.append(segments)
        else:
            content.segments = segments
            high = angle % 2 == 1
            content.width, content.height = (north - south, east - west) if high else (east - west, north - south)


def _segments(words: _Words, chosen: npt.NDArray[np.int_], places: npt.NDArray[np.float64]) -> list[Segment]:
    """`places`: (4, n), left, top, right and bottom of each chosen word, upright."""
    x0, y0, x1, y1 = places
    texts = [words.texts[at] for at in chosen.tolist()]
    breaks = [words.breaks[at] for at in chosen.tolist()]
    size = np.maximum(y1 - y0, 1.0)
    gap = x0[1:] - x1[:-1]
    closed = words.same_run[chosen][1:]
    height = np.minimum(size[1:], size[:-1])
    for at in np.flatnonzero(~closed & (gap > 0.9 * height) & (gap < 2.5 * height)).tolist():
        closed[at] = words.spaced(int(chosen[at]))  # as in justified lines
    room = np.where(closed, 2.5, 0.9) * height
    level = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1]) > 0.3 * height
    ends = np.fromiter((mark[:1] == HYPHEN or len(mark) > 1 for mark in breaks), dtype=bool, count=len(breaks))
    apart = (gap > room) | (gap < -0.6 * size[1:]) | ~level | ends[:-1] | (np.diff(chosen) > 1)
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    stops = [*starts[1:].tolist(), len(texts)]
    mono = np.add.reduceat(words.kinds[chosen] & 1, starts).tolist()
    bold = np.add.reduceat(words.kinds[chosen] >> 1, starts).tolist()
    # a mark above the line does not make the line taller: the height is that of most words
    heights = zip(
        np.minimum.reduceat(x0, starts).tolist(), np.maximum.reduceat(x1, starts).tolist(), starts.tolist(), stops, strict=True
    )
    lefts, rights, tops, bottoms = x0.tolist(), x1.tolist(), y0.tolist(), y1.tolist()
    segments: list[Segment] = []
    for number, (left, right, start, stop) in enumerate(heights):
        tall = start if stop - start < 3 else sorted(range(start, stop), key=tops.__getitem__)[(stop - start) // 2]
        segments.append(
            Segment(
                left,
                tops[tall],
                right,
                bottoms[tall],
                texts[start:stop],
                lefts[start:stop],
                rights[start:stop],
                mono[number],
                bold[number],
                breaks[stop - 1][:1] == HYPHEN,
                number,
            )
        )
    return segments


def _read_drawing(page: Any, content: PageContent) -> None:
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
