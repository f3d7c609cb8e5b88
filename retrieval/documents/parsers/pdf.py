"""PDF by PDFium, page by page."""

from __future__ import annotations

import threading

from .base import PDF, Format, Page, Parsed, Unreadable

_MEDIA_TYPE = "application/pdf"
_lock = threading.Lock()  # PDFium is not thread-safe


def _parse(content: bytes) -> Parsed:
    import pypdfium2

    with _lock:
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
        spans.append(Page(start, len(text)))
        text += "\n\n"
    return Parsed(text.rstrip("\n") if text.strip() else "", _MEDIA_TYPE, pages=spans)


def _page(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index] # pypdfium2 has no types here
    textpage = page.get_textpage()
    try:
        text: str = textpage.get_text_range()
    finally:
        textpage.close()
        page.close()
    # PDFium marks a hyphen at a line's end with U+FFFE
    return text.replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\r\n", "\n").replace("\x00", "").strip()


FORMAT = Format(_MEDIA_TYPE, frozenset({".pdf"}), _parse, PDF, aliases=frozenset({"application/x-pdf"}))
