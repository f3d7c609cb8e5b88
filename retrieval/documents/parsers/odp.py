"""OpenDocument presentations (LibreOffice Impress): each slide a page, with its title, boxes, tables and notes."""

from __future__ import annotations

from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .office.elements import Element, attribute, children, descendants, local_name
from .office.opendocument import Styles, Writer, content_of, in_words, open_document
from .office.properties import title_in

_MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
_MARGINS = {"page-number", "date-time", "footer", "header"}


def parse(content: bytes) -> Parsed:
    package = open_document(content, "OpenDocument presentation")
    try:
        root, body = content_of(package, "presentation")
        builder = TextBuilder()
        builder.title = title_in(package.xml("meta.xml"))
        writer = Writer(builder, package, Styles(root, package.xml("styles.xml")))
        for slide in children(body, "page"):
            builder.begin_page()
            _slide(slide, writer)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    builder.notes += in_words(writer.pictures, writer.embedded)
    return builder.build(_MEDIA_TYPE)


def _slide(slide: Element, writer: Writer) -> None:
    shapes = [shape for shape in children(slide) if local_name(shape) not in {"notes", "forms", "annotation"}]
    titles = [shape for shape in shapes if attribute(shape, "class") == "title"]
    for shape in titles:
        title = " ".join(" ".join(map(writer.text, descendants(shape, "p"))).split())
        writer.builder.title = writer.builder.title or title
        writer.builder.add(title, BlockKind.HEADING, level=1)
    for shape in shapes:
        if attribute(shape, "class") not in {"title", *_MARGINS}:
            writer.write([shape])
    for notes in children(slide, "notes"):
        texts = [
            writer.text(node)
            for frame in descendants(notes, "frame")
            if attribute(frame, "class") not in {"page", *_MARGINS}
            for node in descendants(frame, "p")
        ]
        text = "\n".join(part for part in texts if part.strip())
        writer.builder.add(f"Speaker notes: {text}" if text else "")
