"""OpenDocument texts (LibreOffice Writer): as they are printed, with tracked deletions gone."""

from __future__ import annotations

from .base import Parsed, Unreadable
from .builder import TextBuilder
from .office.elements import Element, attribute, children, descendants
from .office.opendocument import Styles, Writer, content_of, in_words, open_document
from .office.properties import title_in

_MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_FULL_PAGE = 2500  # characters; more than this between two breaks may have run over a page


def parse(content: bytes) -> Parsed:
    package = open_document(content, "OpenDocument text")
    try:
        root, body = content_of(package, "text")
        style_root = package.xml("styles.xml")
        styles = Styles(root, style_root)
        builder = TextBuilder()
        builder.title = title_in(package.xml("meta.xml"))
        writer = Writer(builder, package, styles, pages=_pages_are_known(body, styles))
        if writer.pages and not _starts_a_page(body, styles):
            builder.begin_page()
        writer.write(children(body))
        _write_margins(style_root, writer)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    builder.notes += in_words(writer.pictures, writer.embedded)
    builder.notes += ["hidden text is left out"] if writer.hidden else []
    return builder.build(_MEDIA_TYPE)


def _pages_are_known(body: Element, styles: Styles) -> bool:
    """Whether breaks set by hand leave so little between them that no page can have overflowed."""
    length, longest, breaks = 0, 0, 0
    for node in descendants(body, "p", "h"):
        if styles.breaks_page(attribute(node, "style-name")):
            longest, length, breaks = max(longest, length), 0, breaks + 1
        length += sum(map(len, node.itertext())) + 40
    return bool(breaks) and max(longest, length) <= _FULL_PAGE


def _starts_a_page(body: Element, styles: Styles) -> bool:
    first = next(descendants(body, "p", "h"), None)
    return first is not None and styles.breaks_page(attribute(first, "style-name"))


def _write_margins(style_root: Element | None, writer: Writer) -> None:
    """What stands above and below the pages, each text once."""
    shown: set[str] = set()
    for kind in ("header", "footer"):
        for margin in descendants(style_root, kind):
            texts = [" ".join(writer.text(node).split()) for node in descendants(margin, "p", "h")]
            text = " | ".join(part for part in texts if part)
            if any(letter.isalpha() for letter in text) and text not in shown and text != writer.builder.title:
                shown.add(text)
                writer.builder.add(f"Page {kind}: {text}")
