"""Word documents: the text as it stands when all changes are accepted, with tables, boxes, notes, headers and equations.

The page of a passage is known where Word has left marks of its last layout (`lastRenderedPageBreak`), or where page breaks
set by hand leave so little between them that no page can have overflowed; else there are no pages, rather than wrong ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .base import Parsed, Unreadable
from .builder import TextBuilder
from .office.elements import Element, attribute, child, children, local_name
from .office.package import Package, Relation
from .office.properties import title_in
from .office.word.body import Body, Losses
from .office.word.styles import Numbering, Styles

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NO_NOTE = {"separator", "continuationSeparator", "continuationNotice"}
_FULL_PAGE = 2500  # characters; more than this between two breaks may have run over a page
_PAGE_NUMBER = re.compile(r"^\W*(?:page|seite|página|pagina)?\W*\d*\W*(?:of|von|de|/)?\W*\d*\W*$", re.IGNORECASE)


def parse(content: bytes) -> Parsed:
    package = Package(content, "Word document")
    try:
        return _read(package)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _read(package: Package) -> Parsed:
    main = package.main_part("word/document.xml")
    document = package.xml(main)
    body = child(document, "body")
    if body is None:
        raise package.damaged()
    relations = package.relations(main)
    builder = TextBuilder()
    builder.title = title_in(package.xml("docProps/core.xml"))
    styles = Styles(_part(package, relations, "styles"))
    numbering = Numbering(_part(package, relations, "numbering"), styles)
    writer = Body(builder, package, styles, numbering, relations, _notes(package, relations), _break_kind(body))
    if writer.break_kind:
        builder.begin_page()
    writer.write(body)
    _write_margins(package, relations, writer)
    builder.notes += _in_words(writer.losses)
    return builder.build(_MEDIA_TYPE)


def _part(package: Package, relations: Mapping[str, Relation], kind: str) -> Element | None:
    targets = [relation.target for relation in relations.values() if relation.kind == kind and not relation.outside]
    return package.xml(targets[0]) if targets else None


def _notes(package: Package, relations: Mapping[str, Relation]) -> dict[tuple[str, str], Element]:
    notes = {}
    for kind in ("footnote", "endnote", "comment"):
        for note in children(_part(package, relations, f"{kind}s"), kind):
            if attribute(note, "type") not in _NO_NOTE:
                notes[kind, attribute(note, "id")] = note
    return notes


def _break_kind(body: Element) -> str:
    """Which page breaks tell the pages; empty where none does."""
    length, longest, explicit = 0, 0, 0
    for node in body.iter():
        name = local_name(node)
        if name == "lastRenderedPageBreak":
            return "rendered"
        if (name == "br" and attribute(node, "type") == "page") or name == "pageBreakBefore":
            longest, length, explicit = max(longest, length), 0, explicit + 1
        elif name == "t":
            length += len(node.text or "")
        elif name in {"p", "tr"}:
            length += 40  # a line, even where it is short
    return "explicit" if explicit and max(longest, length) <= _FULL_PAGE else ""


def _write_margins(package: Package, relations: Mapping[str, Relation], writer: Body) -> None:
    """What stands above and below the pages, each text once; page numbers and the title are left out."""
    shown: set[str] = set()
    for kind in ("header", "footer"):
        for relation in relations.values():
            root = package.xml(relation.target) if relation.kind == kind and not relation.outside else None
            if root is None:
                continue
            writer.relations = package.relations(relation.target)
            text = " | ".join(writer.lines(root))
            if text.strip(" |") and text not in shown and text != writer.builder.title and not _PAGE_NUMBER.match(text):
                shown.add(text)
                writer.builder.add(f"Page {kind}: {text}")


def _in_words(losses: Losses) -> list[str]:
    counts = (
        (losses.pictures, "picture is not read", "pictures are not read"),
        (losses.embedded, "embedded object is not read", "embedded objects are not read"),
        (losses.chunks, "document within it is not read", "documents within it are not read"),
    )
    notes = [f"{count} {single if count == 1 else many}" for count, single, many in counts if count]
    return [*notes, *(["hidden text is left out"] if losses.hidden else [])]
