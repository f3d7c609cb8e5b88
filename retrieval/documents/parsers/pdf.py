"""PDF by PDFium, page by page."""

from __future__ import annotations

import threading

from .types import Parsed, Unreadable

_ONE_AT_A_TIME = threading.Lock()  # PDFium is not thread-safe


def parse(content: bytes) -> Parsed:
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise Unreadable("it is encrypted") from error
            raise Unreadable("it is damaged, or cut off") from error
        try:
            pages = [_page(document, number) for number in range(len(document))]
        except pypdfium2.PdfiumError as error:
            raise Unreadable("it is damaged, or cut off") from error
        finally:
            document.close()
    text, spans = "", []
    for page in pages:
        start = len(text)
        text += page
        spans.append((start, len(text)))
        text += "\n\n"
    return Parsed(text.rstrip("\n") if text.strip() else "", "application/pdf", pages=spans)


def _page(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index] # pypdfium2 has no types here
    words = page.get_textpage()
    try:
        found: str = words.get_text_range()
    finally:
        words.close()
        page.close()
    # PDFium marks a hyphen at a line's end with U+FFFE
    return found.replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\r\n", "\n").replace("\x00", "").strip()
