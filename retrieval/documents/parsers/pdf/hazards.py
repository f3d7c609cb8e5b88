"""PDFs that would take memory and time without end, told by a look at their bytes, before PDFium opens them.

Two kinds are cheap to make and to see: forms (pieces of pages) that draw each other in a circle or by the million, and
streams that unpack to far more than any page needs. What this look misses meets the bounds of the process that parses.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from ..base import Unreadable

_MOST_DRAWN = 200_000  # forms, drawn through one of them
_MOST_FORMS = 50_000
_MOST_UNPACKED = 300_000_000  # bytes of one stream
_MOST_UNPACKED_TWICE = 50_000_000  # of one that is packed in layers: hardly a program does that
_LARGE = 250_000  # packed bytes from which on a stream is unpacked to measure it: deflate packs 1,000 to 1 at best
_MOST_FILTERS = 4
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_REFERENCE = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d{1,10})\s+\d{1,5}\s+R\b")
_DRAWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")
_FILTERS = re.compile(rb"/F(?:ilter)?\s*\[([^\]]{0,400})\]")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?\b")
_STREAM = re.compile(rb"stream\r?\n")
_INDIRECT = re.compile(rb"/(?:Resources|XObject)\s+(\d{1,10})\s+\d{1,5}\s+R\b")
_DICTIONARY = 100_000  # bytes of a dictionary that are looked at


def refuse_hazards(content: bytes) -> None:
    """Raises Unreadable where reading on would not end."""
    for packed, filters, is_picture in _streams(content):
        layers = len(_FLATE.findall(filters))
        if filters.count(b"/") > _MOST_FILTERS:
            raise Unreadable("it is packed many times over, as no program does")
        if layers > 1 or (layers and len(packed) >= _LARGE and not is_picture):
            _measure(packed, layers)
    _refuse_loops(content)


def _streams(content: bytes) -> Iterator[tuple[memoryview, bytes, bool]]:
    """Each stream that may grow much: its bytes, its filters, and whether it is a picture, which is never unpacked."""
    view = memoryview(content)
    for match in _STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        start = content.rfind(b"obj", max(0, match.start() - 4_000), match.start())
        head = content[max(start, 0) : match.start()]
        listed = _FILTERS.search(head)
        if listed is None and not _FLATE.search(head):
            continue
        end = content.find(b"endstream", match.end())
        end = len(content) if end < 0 else end
        if listed is None and end - match.end() < _LARGE:
            continue
        yield view[match.end() : end], listed[1] if listed else b"/FlateDecode", b"/Image" in head


def _measure(packed: memoryview, layers: int) -> None:
    unpackers = [zlib.decompressobj() for _ in range(layers)]
    sizes = [0] * layers
    most = _MOST_UNPACKED if layers == 1 else _MOST_UNPACKED_TWICE

    def feed(layer: int, data: bytes | memoryview) -> None:
        unpacker = unpackers[layer]
        while data:
            piece = unpacker.decompress(data, 1 << 20)
            data = unpacker.unconsumed_tail
            sizes[layer] += len(piece)
            if sizes[layer] > most:
                raise Unreadable(f"it unpacks to more than {most // 1_000_000} MB, which no page needs")
            if layer + 1 < layers:
                feed(layer + 1, piece)
            elif not piece:
                break

    try:
        feed(0, packed)
    except zlib.error:
        return  # damaged: it does not unpack either


def _refuse_loops(content: bytes) -> None:
    marks = [match.start() for match in _FORM.finditer(content)]
    if not marks:
        return
    if len(marks) > _MOST_FORMS:
        raise Unreadable(f"it has more than {_MOST_FORMS:,} forms, too many")
    offsets = {int(match[1]): match.end() for match in _OBJECT.finditer(content)}
    by_offset = sorted((offset, number) for number, offset in offsets.items())
    forms: dict[int, dict[int, int]] = {}  # each form, and how often it draws which
    at = 0
    for mark in marks:
        while at + 1 < len(by_offset) and by_offset[at + 1][0] <= mark:
            at += 1
        if by_offset and by_offset[at][0] <= mark:
            forms[by_offset[at][1]] = _drawn(content, by_offset[at][0], offsets)
    totals: dict[int, int] = {}
    for form in forms:
        _count(form, forms, totals)


def _drawn(content: bytes, start: int, offsets: dict[int, int]) -> dict[int, int]:
    body = _STREAM.search(content, start, start + _DICTIONARY)
    if body is None:
        return {}
    dictionary = content[start : body.start()]
    for number in _INDIRECT.findall(dictionary):
        if (offset := offsets.get(int(number))) is not None:
            dictionary += content[offset : content.find(b"endobj", offset, offset + _DICTIONARY)]
    if b"/XObject" not in dictionary and not _INDIRECT.search(dictionary):
        return {}
    names = {name: int(number) for name, number in _REFERENCE.findall(dictionary)}
    data = content[body.end() : max(content.find(b"endstream", body.end()), body.end())]
    if _FLATE.search(dictionary):
        try:
            data = zlib.decompressobj().decompress(data, 1 << 22)
        except zlib.error:
            return {}
    counts: dict[int, int] = {}
    for name in _DRAWN.findall(data):
        if name in names:
            counts[names[name]] = counts.get(names[name], 0) + 1
    return counts


def _count(form: int, forms: dict[int, dict[int, int]], totals: dict[int, int]) -> None:
    """How many forms are drawn through each; without recursion, for chains may be long."""
    stack = [(form, iter(forms.get(form, {})))]
    open_forms = {form}
    while stack:
        current, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            open_forms.discard(current)
            totals[current] = 1 + sum(count * totals.get(inner, 1) for inner, count in forms.get(current, {}).items())
            if totals[current] > _MOST_DRAWN:
                raise Unreadable(f"its forms draw each other more than {_MOST_DRAWN:,} times")
        elif child in open_forms:
            raise Unreadable("its forms draw each other in a circle, without end")
        elif child not in totals:
            open_forms.add(child)
            stack.append((child, iter(forms.get(child, {}))))
