"""A PDF's bytes become text: pages are read, then laid out with what is known of all of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..base import BlockKind, Parsed, Unreadable
from ..builder import TextBuilder
from ..grid import write_table
from ..progress import report_page
from .blocks import BlockMaker, Draft
from .furniture import Edges, signature, without
from .glyphs import read_page
from .grids import drawn_tables
from .hazards import refuse_hazards
from .headings import Headings
from .hyphens import Vocabulary
from .labels import of_file, page_labels, printed
from .layout import reading_order
from .page import PageContent
from .scans import is_scan, recognise_scans

MEDIA_TYPE = "application/pdf"
_MOST_PAGES = 8_000  # some 80 kB of memory each
_lock = threading.Lock()  # PDFium is not thread-safe
_NO_TITLE = re.compile(
    r"^\W*(?:untitled|anonymous|microsoft (?:word|powerpoint)\b.*|.*\.(?:docx?|pptx?|xlsx?|indd|tex|dvi|html?|pdf|rtf))\W*$",
    re.I,
)


def parse(content: bytes) -> Parsed:
    """Raises Unreadable: see `Format`."""
    import pypdfium2

    refuse_hazards(content)
    with _lock:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise Unreadable("it is encrypted, and opens with a password only; save a copy without one") from error
            if "security" in str(error).lower():
                raise Unreadable("it is encrypted in a way that is not known here") from error
            raise Unreadable("it is damaged, or cut off") from error
        try:
            return _read(document)
        finally:
            document.close()


def _read(document: Any) -> Parsed:
    builder = TextBuilder()
    count = len(document)
    if count > _MOST_PAGES:
        builder.notes.append(f"pages from {_MOST_PAGES + 1:,} on of {count:,} are left out")
    pages = _pages(document, min(count, _MOST_PAGES), builder.notes)
    scanned = [number for number, page in enumerate(pages) if is_scan(page)]
    notes = recognise_scans(document, pages, scanned)
    if notes and not any(page.segments or page.fields or page.remarks for page in pages):
        raise Unreadable(f"its {notes[0]}" if len(pages) == 1 else notes[0])
    builder.notes += notes
    return laid_out(document, pages, builder)


def _pages(document: Any, count: int, notes: list[str]) -> list[PageContent]:
    import pypdfium2

    form = None
    try:
        if document.get_formtype():
            document.init_forms()
            form = document.formenv
    except pypdfium2.PdfiumError:
        notes.append("its form is damaged")
    pages: list[PageContent] = []
    damaged: list[int] = []
    for number in range(count):
        report_page(number // 2, count)  # the other half of the work is to lay them out
        try:
            pages.append(read_page(document, number, form))
        except pypdfium2.PdfiumError:
            damaged.append(number + 1)
            pages.append(PageContent(1.0, 1.0))
        report_page(len(pages) // 2, count)  # the other half of the work is laying them out
    if damaged and len(damaged) == count:
        raise Unreadable("it is damaged, or cut off")
    if damaged:
        listed = ", ".join(map(str, damaged[:8])) + (" and others" if len(damaged) > 8 else "")
        notes.append(f"damaged pages are left out: {listed}")
    return pages


def laid_out(document: Any, pages: Sequence[PageContent], builder: TextBuilder, media_type: str = MEDIA_TYPE) -> Parsed:
    """`document`: None where `pages` come from pictures alone."""
    edges = Edges(pages)
    vocabulary = Vocabulary()
    for page in pages:
        for segment in page.segments:
            vocabulary.add(segment.words)
    headings = Headings(document, pages)
    labels = page_labels(of_file(document, len(pages)) if document else [], printed(edges.numerals()), len(pages))
    maker = BlockMaker(headings, vocabulary)
    shown: set[str] = set()
    pending: Draft | None = None  # a page's last block, until it is known how the next page begins
    for number, page in enumerate(pages):
        report_page((len(pages) + number) // 2, len(pages))
        running = edges.running[number]
        grids, segments = drawn_tables(page.rules, without(page.segments, running))
        level = [rule for rule in page.rules if rule[2] - rule[0] > rule[3] - rule[1]]
        drafts = maker.blocks(reading_order(segments, grids), number, level)
        for turned in page.turned:
            drafts += maker.blocks(reading_order(turned, []), number)
        drafts += [Draft(f"{name}: {value}" if name else value, BlockKind.LIST_ITEM) for name, value in page.fields]
        drafts += [Draft(remark, BlockKind.PARAGRAPH) for remark in page.remarks]
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
    parsed = builder.build(media_type)
    return replace(parsed, title=(_title(document) if document else "") or _first_heading(parsed))


def _first_heading(parsed: Parsed) -> str:
    """What is printed largest on the first pages."""
    end = parsed.pages[1].end if len(parsed.pages) > 1 else len(parsed.text)
    headings = [block for block in parsed.blocks if block.kind is BlockKind.HEADING and block.start < end]
    first = min(headings, key=lambda block: (block.level, block.start), default=None)
    return " ".join(parsed.text[first.start : first.end].split())[:300] if first else ""


def _add(builder: TextBuilder, draft: Draft, after: str = "\n\n") -> None:
    if draft.table is not None:
        write_table(builder, draft.table.cells(), context=draft.context, grouped=True)
    else:
        builder.add(draft.text, draft.kind, level=draft.level, context=draft.context, after=after)


def _title(document: Any) -> str:
    title = str(document.get_metadata_value("Title") or "").strip()
    return "" if _NO_TITLE.match(title) else title[:300]
