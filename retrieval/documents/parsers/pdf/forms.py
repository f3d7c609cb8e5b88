"""What people put on a page: the values of form fields, and remarks. They are no part of PDFium's text of a page."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from typing import Any

from .page import PageContent, Segment

_MOST_ANNOTATIONS = 5_000  # a page
_LONGEST = 20_000  # characters of a value
_REMARK_KINDS = {1, 3, 8, 9, 10, 11, 12, 13, 14}  # notes, free texts, marks with a word to them; no links, no pop-ups
_WIDGET = 20
_PUSH_BUTTON, _CHECK_BOX, _RADIO, _SIGNATURE = 1, 2, 3, 7
_NO_NAME = re.compile(r"^(?:f\d|c\d|text|field|untitled|undefined|check ?box|fill|topmost|dropdown|\d)[\w\s.\[\]#-]*$", re.I)


def read_annotations(page: Any, form: Any, content: PageContent) -> None:
    """`form`: the document's form environment, None where it has no form. Rotated pages keep names of fields as they are."""
    import pypdfium2.raw as raw

    height = content.height
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == _WIDGET and form is not None:
                _read_field(raw, form, annotation, content, height)
            elif kind in _REMARK_KINDS and (text := _string(raw, annotation, b"Contents")):
                author = _string(raw, annotation, b"T")
                content.remarks.append(f"Note ({author}): {text}" if author else f"Note: {text}")
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _read_field(raw: Any, form: Any, annotation: Any, content: PageContent, height: float) -> None:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (_PUSH_BUTTON, _SIGNATURE):
        return
    name = _wide(lambda buffer, size: raw.FPDFAnnot_GetFormFieldAlternateName(form, annotation, buffer, size))
    full = _wide(lambda buffer, size: raw.FPDFAnnot_GetFormFieldName(form, annotation, buffer, size))
    name = name or full.rpartition(".")[2]
    if kind in (_CHECK_BOX, _RADIO):
        if not raw.FPDFAnnot_IsChecked(form, annotation):
            return
        choice = _wide(lambda buffer, size: raw.FPDFAnnot_GetFormFieldExportValue(form, annotation, buffer, size))
        value = "yes" if choice.lower() in ("", "on", "yes", "1", "true") else choice
    else:
        value = _wide(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    value = " ".join(value.split())
    if not value:
        return
    if not name or _NO_NAME.match(name):
        box = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
        after = kind in (_CHECK_BOX, _RADIO)
        name = _printed_beside(content.segments, (box.left, height - box.top, box.right, height - box.bottom), after) or name
    content.fields.append((" ".join(name.split()).rstrip(" :"), value))


def _printed_beside(segments: Sequence[Segment], box: tuple[float, float, float, float], after: bool) -> str:
    """The words at the left of a field, or above it; of a box to be ticked those at its right."""
    x0, y0, x1, y1 = box
    middle = (y0 + y1) / 2
    level = [segment for segment in segments if segment.y0 - 2 <= middle <= segment.y1 + 2]
    right = [segment for segment in level if segment.x0 >= x1 - 2 and segment.x0 - x1 < 40]
    left = [segment for segment in level if segment.x1 <= x0 + 2]
    above = [segment for segment in segments if segment.y1 <= y0 + 4 and y0 - segment.y1 < 15 and abs(segment.x0 - x0) < 30]
    if after and right:
        return min(right, key=lambda segment: segment.x0).text
    if left:
        return max(left, key=lambda segment: segment.x1).text
    return max(above, key=lambda segment: segment.y1).text if above else ""


def _string(raw: Any, annotation: Any, key: bytes) -> str:
    text = _wide(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, key, buffer, size))
    return " ".join(text.split())


def _wide(read: Callable[[Any, int], int]) -> str:
    """A text that PDFium writes in UTF-16 and measures in bytes, with the zero at its end."""
    size = min(read(None, 0), 2 * _LONGEST)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    if read(buffer, size) > size:
        return ""
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").replace("\x00", "")
