"""A PDF's bytes become text: pages are read, then laid out with what is known of all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..base import BlockKind, Parsed, Unreadable
from ..builder import TextBuilder
from ..tables import add_table
from .blocks import BlockMaker, Draft
from .furniture import Edges, signature, without
from .glyphs import read_page
from .grids import drawn_tables
from .headings import Headings
from .hyphens import Vocabulary
from .labels import of_file, page_labels, printed
from .layout import reading_order
from .page import PageContent

MEDIA_TYPE = "application/pdf"
_MOST_PAGES = 20_000
_NO_TITLE = re.compile(
    r"^\W*(?:untitled|anonymous|microsoft (?:word|powerpoint)\b.*|.*\.(?:docx?|pptx?|xlsx?|indd|tex|dvi|html?|pdf|rtf))\W*$",
    re.I,
)


def read(content: bytes) -> Parsed:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("it is encrypted" if "password" in str(error).lower() else "it is damaged, or cut off") from error
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: Any) -> Parsed:
    import pypdfium2

    builder = TextBuilder()
    count = len(document)
    pages: list[PageContent] = []
    for number in range(min(count, _MOST_PAGES)):
        try:
            pages.append(read_page(document, number))
        except pypdfium2.PdfiumError:
            pages.append(PageContent(1.0, 1.0, trouble="damaged"))
    return laid_out(document, pages, builder)


def laid_out(document: Any, pages: Sequence[PageContent], builder: TextBuilder) -> Parsed:
    edges = Edges(pages)
    vocabulary = Vocabulary()
    for page in pages:
        for segment in page.segments:
            vocabulary.add(segment.words)
    headings = Headings(document, pages)
    labels = page_labels(of_file(document, len(pages)), printed(edges.numerals()), len(pages))
    maker = BlockMaker(headings, vocabulary)
    shown: set[str] = set()
    pending: Draft | None = None  # a page's last block, until it is known how the next page begins
    for number, page in enumerate(pages):
        running = edges.running[number]
        grids, segments = drawn_tables(page.rules, without(page.segments, running))
        drafts = maker.blocks(reading_order(segments, grids), number)
        for turned in page.turned:
            drafts += maker.blocks(reading_order(turned, []), number)
        goes_on = bool(pending and drafts and pending.goes_on_with(drafts[0]))
        if pending and goes_on and pending.divided:  # the word's end goes to its beginning
            end, _, rest = drafts[0].text.partition(" ")
            pending = maker.joined(pending, Draft(end, pending.kind))
            drafts[0] = replace(drafts[0], text=rest)
        if pending:
            _add(builder, pending, after="" if goes_on else "\n\n")
        builder.begin_page(labels[number], before=" " if goes_on else "\n\n" if pending is None else "")
        heads = [] if goes_on else list(running.values())
        for text in heads:
            key = signature(text)
            if key.strip("# -–—|") and key not in shown:  # once: a letterhead may say something
                shown.add(key)
                builder.add(text, BlockKind.FURNITURE)
        for draft in drafts[:-1]:
            _add(builder, draft)
        pending = drafts[-1] if drafts else None
    if pending:
        _add(builder, pending)
    builder.title = _title(document)
    return builder.build(MEDIA_TYPE)


def _add(builder: TextBuilder, draft: Draft, after: str = "\n\n") -> None:
    if draft.table is not None:
        add_table(builder, draft.table.cells())
    else:
        builder.add(draft.text, draft.kind, level=draft.level, context=draft.context, after=after)


def _title(document: Any) -> str:
    title = str(document.get_metadata_value("Title") or "").strip()
    return "" if _NO_TITLE.match(title) else title[:300]
