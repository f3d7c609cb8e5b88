"""A page's words with their places and fonts, as PDFium finds them.

PDFium is asked two things a word, by addresses and without ctypes' conversions: that keeps a page at a few milliseconds.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .drawing import read_drawing
from .forms import read_annotations
from .leftward import in_reading_order, is_leftward, mirror
from .page import HYPHEN, PageContent, Segment

_WORD = re.compile(rf"([^\s{HYPHEN}]+)({HYPHEN}?\s*)")
_MONO = re.compile(r"mono|courier|consol|typewriter|menlo|cmtt|cmsltt|cmvtt|ectt|lmtt|fixed|terminal|\bcode", re.I)
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|cmbx|cmssbx|cmb10|ecbx|sfbx|lmbx|[-,]bd", re.I)
_NOTES = re.compile(r"emmentaler|feta|parmesan|bravura|musejazz|maestro|opus-?(std|text)?$", re.I)  # music: no letters
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18
_NO_LETTERS = 4
_FIGURE_ENDS = frozenset("0123456789,)%$—–")  # of words that may stand in columns close together
_MOST_CHARS = 400_000  # a page: a bible printed small has 20,000
_TEX_CODES = dict(  # of fonts that tell no Unicode: T1, then OT1, whose "fl" is a return alone
    zip((0x15, 0x16, *range(0x1B, 0x20), 0x0B, 0x0C, 0x0E, 0x0F, 0x0D), "–—ﬀﬁﬂﬃﬄﬀﬁﬃﬄﬂ", strict=True)
)
_TEX_CODE = re.compile(r"[\x0b\x0c\x0e\x0f\x15\x16\x1b-\x1f]|\r(?!\n)")
_REPLACED = {
    ord(source): target for source, target in zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
} | {
    0xAD: None,  # soft hyphen
    0: None,
    0x200B: None,
}


def read_page(document: Any, number: int, form: Any = None) -> PageContent:
    """`form`: see `read_annotations`.

    Raises:
        PdfiumError: the page is damaged.
    """
    page = document[number]
    try:
        width, height = page.get_size()
        content = PageContent(width, height)
        textpage = page.get_textpage()
        try:
            is_mirrored = _read_words(page, textpage, content)
        finally:
            textpage.close()
        read_drawing(page, content)
        if is_mirrored:
            content.rules = [(content.width - x1, y0, content.width - x0, y1) for x0, y0, x1, y1 in content.rules]
        read_annotations(page, form, content)
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
        address = ctypes.cast(function, ctypes.c_void_p).value or 0
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


def _read_words(page: Any, textpage: Any, content: PageContent) -> bool:
    """Gives whether the page is mirrored: see `leftward`."""
    text = _text_of(textpage)
    text = _TEX_CODE.sub(lambda match: _TEX_CODES[ord(match[0])], text)
    matches = list(_WORD.finditer(text))
    if not matches:
        return False
    calls = _calls()
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    spans = [match.span(1) for match in matches]
    marks = [match[2] for match in matches]
    breaks = [len(mark) > 1 or mark == HYPHEN for mark in marks]
    breaks[-1] = True
    figures = np.fromiter((text[end - 1] in _FIGURE_ENDS for _, end in spans), bool, len(spans))
    places, runs = _ask(calls, handle, _Fonts(textpage), spans, breaks, figures)
    lengths = np.diff([*(run.start for run in runs), len(spans)])
    words = [text[start:end] for start, end in spans]
    if not text.isascii():
        words = [word if word.isascii() else word.translate(_REPLACED) for word in words]
    hyphens = {number for number, mark in enumerate(marks) if mark[:1] == HYPHEN} if HYPHEN in text else set()
    same_run = np.ones(len(words), dtype=bool)
    same_run[[run.start for run in runs]] = False

    def spaced(number: int) -> bool:
        return not calls.is_generated(handle, spans[number][1])

    kinds = np.repeat([run.kind for run in runs], lengths)
    angles = np.repeat([run.angle for run in runs], lengths)

    is_mirrored = False
    if not text.isascii() and is_leftward(text):
        letter = np.zeros(4, dtype=np.float32)

        def left_of(index: int) -> float:
            calls.loose_box(handle, index, letter.ctypes.data)
            return float(letter[0])

        for number, (start, end) in enumerate(spans):
            if is_leftward(words[number]) and not angles[number]:
                calls.loose_box(handle, start, places.ctypes.data + 32 * number)
                calls.loose_box(handle, end - 1, places.ctypes.data + 32 * number + 16)
                words[number] = in_reading_order(text[start:end], lambda at, start=start: left_of(start + at))  # type: ignore[misc]
        west, _, east, _ = page.get_bbox()
        is_mirrored = mirror(words, places, breaks, angles == 0, (west, east)) and not page.get_rotation()
    _place(page, content, _Words(words, np.array(breaks), hyphens, kinds, same_run, places, angles, spaced))
    return is_mirrored


class _Run(NamedTuple):
    """Words of one text object, from `start` on."""

    start: int
    kind: int
    angle: float


def _ask(
    calls: _Calls,
    handle: int | None,
    fonts: _Fonts,
    spans: list[tuple[int, int]],
    breaks: list[bool],
    figures: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.float32], list[_Run]]:
    """Where each word begins, and where those end that end a line or an object; see `_Words.places`.

    Within an object a word's end is reckoned from where the next begins. A line whose first and last words are of one object
    is of that object alone.
    """
    places = np.full((len(spans), 2, 4), np.nan, dtype=np.float32)
    origin = places.ctypes.data
    loose_box, text_object = calls.loose_box, calls.text_object
    runs: list[_Run] = []
    last_object = angle = first = 0
    while first < len(spans):
        last = breaks.index(True, first)
        current = text_object(handle, spans[first][0])
        of_one = current is not None and (last == first or text_object(handle, spans[last][0]) == current)
        for number in range(first, last + 1):
            start, end = spans[number]
            loose_box(handle, start, origin + 32 * number)
            if not of_one:
                current = text_object(handle, start)
            if current != last_object or not runs:
                if number > first:
                    loose_box(handle, spans[number - 1][1] - 1, origin + 32 * number - 16)
                last_object = current
                angle = calls.angle(handle, start)
                runs.append(_Run(number, fonts.kind(start), angle))
            if angle:
                loose_box(handle, end - 1, origin + 32 * number + 16)
        loose_box(handle, spans[last][1] - 1, origin + 32 * last + 16)
        first = last + 1
    missing = np.flatnonzero(np.isnan(places[:, 1, 0]))
    if len(missing):
        for number in _reckon(places, missing, spans, figures):
            loose_box(handle, spans[number][1] - 1, origin + 32 * number + 16)
    return places, runs


@dataclass(frozen=True, slots=True)
class _Words:
    texts: list[str]
    breaks: npt.NDArray[np.bool_]  # it is the last of its line
    hyphens: set[int]  # those that go on in the next line
    kinds: npt.NDArray[np.int_]  # see `_Fonts`
    same_run: npt.NDArray[np.bool_]  # belongs to the text object of the word before it
    places: npt.NDArray[np.float32]  # (n, 2, 4): left, top, right, bottom of first and last characters
    angles: npt.NDArray[np.float64]
    spaced: Callable[[int], bool]  # a space stands in the file between it and the next


def _reckon(
    places: npt.NDArray[np.float32],
    missing: npt.NDArray[np.int_],
    spans: list[tuple[int, int]],
    figures: npt.NDArray[np.bool_],
) -> list[int]:
    """Let words end a space before the next; gives those for which that is far off, or that may stand in a column."""
    ends = np.array(spans, dtype=np.float32)[missing]
    left, next_left = places[missing, 0, 0], places[missing + 1, 0, 0]
    size = places[missing, 0, 1] - places[missing, 0, 3]
    places[missing, 1] = places[missing, 0]
    places[missing, 1, 2] = np.maximum(next_left - 0.25 * size, places[missing, 0, 2])
    length = ends[:, 1] - ends[:, 0]
    far: list[int] = missing[
        next_left - left > np.where(figures[missing], 0.6 * length + 0.6, 0.7 * length + 2.5) * size
    ].tolist()
    return far


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
    size = np.maximum(y1 - y0, 1.0)
    gap = x0[1:] - x1[:-1]
    closed = words.same_run[chosen][1:]
    height = np.minimum(size[1:], size[:-1])
    for at in np.flatnonzero(~closed & (gap > 0.9 * height) & (gap < 2.5 * height)).tolist():
        closed[at] = words.spaced(int(chosen[at]))  # as in justified lines
    room = np.where(closed, 2.5, 0.9) * height
    level = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1]) > 0.3 * height
    ends = words.breaks[chosen]
    apart = (gap > room) | (gap < -0.6 * size[1:]) | ~level | ends[:-1] | (np.diff(chosen) > 1)
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    stops = [*starts[1:].tolist(), len(texts)]
    mono = np.add.reduceat(words.kinds[chosen] & 1, starts).tolist()
    bold = np.add.reduceat(words.kinds[chosen] >> 1, starts).tolist()
    edges = (np.minimum.reduceat(x0, starts).tolist(), np.maximum.reduceat(x1, starts).tolist())
    lefts, rights, tops, bottoms = x0.tolist(), x1.tolist(), y0.tolist(), y1.tolist()
    segments: list[Segment] = []
    for number, (left, right, start, stop) in enumerate(zip(*edges, starts.tolist(), stops, strict=True)):
        # a mark above the line does not make the line taller: the height is that of most words
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
                bool(words.hyphens) and int(chosen[stop - 1]) in words.hyphens,
                number,
            )
        )
    return segments
