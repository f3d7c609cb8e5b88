"""OpenDocument spreadsheets (LibreOffice Calc): values as they are shown, each row a line that names its columns."""

from __future__ import annotations

from .base import Parsed, Unreadable
from .builder import TextBuilder
from .office.elements import Element, attribute, children, descendants, local_name
from .office.opendocument import Styles, Writer, content_of, in_words, open_document, sheet_of
from .office.properties import title_in
from .office.sheets import Budget, write_sheet

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def parse(content: bytes) -> Parsed:
    package = open_document(content, "OpenDocument spreadsheet")
    try:
        root, body = content_of(package, "spreadsheet")
        builder = TextBuilder()
        builder.title = title_in(package.xml("meta.xml"))
        styles = Styles(root, package.xml("styles.xml"))
        writer = Writer(builder, package, styles)
        budget = Budget()
        for table in children(body, "table"):
            sheet, complete = sheet_of(table, lambda cell: _cell_text(cell, writer), styles, budget)
            sheet.extra += [f"Comment: {text}" for text in _comments(table)]
            if _is_hidden(table, styles):
                builder.notes.append(f"the sheet {sheet.name} is hidden in the workbook")
            write_sheet(builder, sheet)
            if not complete:
                builder.notes.append(f"the sheet {sheet.name} is read in part, and none after it: the workbook is too large")
                break
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    builder.notes += in_words(writer.pictures, writer.embedded)
    return builder.build(_MEDIA_TYPE)


def _cell_text(cell: Element, writer: Writer) -> str:
    """As LibreOffice showed it last; a date, number or text that only stands in the attributes is taken from there."""
    shown = "\n".join(writer.text(node) for node in children(cell, "p"))
    if shown.strip():
        return shown
    return next((text for name in ("date-value", "string-value", "value") if (text := attribute(cell, name))), "")


def _comments(table: Element) -> list[str]:
    notes = (
        " ".join(" ".join(part.itertext()) for part in children(note, "p")) for note in descendants(table, "annotation")
    )
    return [" ".join(note.split()) for note in notes if note.strip()]


def _is_hidden(table: Element, styles: Styles) -> bool:
    return any(
        local_name(properties) == "table-properties" and attribute(properties, "display") == "false"
        for style in styles.chain(attribute(table, "style-name"), "table")
        for properties in children(style)
    )
