"""Excel workbooks: each sheet a section, each row a line that names its columns, values as they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from .base import Parsed, Unreadable
from .builder import TextBuilder
from .office.elements import Element, attribute, child, children, descendants, number, switched_on
from .office.graphics import chart_lines, paragraph_text
from .office.package import Package, Relation
from .office.properties import title_in
from .office.sheets import Budget, NumberFormats, Sheet, write_sheet
from .office.sheets.calamine import read_workbook
from .office.sheets.reading import SharedStrings, SheetTarget, span_of, with_target
from .office.streaming import stream
from .progress import report_page

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_SHEETS = 1000
_OWN_HEADER = re.compile(r"^[\s\S]{0,100}?:\s*\n")  # a comment begins with its author's name


def parse(content: bytes) -> Parsed:
    package = Package(content, "Excel workbook")
    if "xl/workbook.bin" in package:
        return read_workbook(content, _MEDIA_TYPE)
    try:
        return _read(package)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _read(package: Package) -> Parsed:
    main = package.main_part("xl/workbook.xml")
    workbook = package.xml(main)
    if workbook is None:
        raise package.damaged()
    relations = package.relations(main)
    builder = TextBuilder()
    builder.title = title_in(package.xml("docProps/core.xml"))
    formats, bold = _styles(_part(package, relations, "styles"), attribute(child(workbook, "workbookPr"), "date1904"))
    strings = SharedStrings()
    for relation in relations.values():
        if relation.kind == "sharedStrings" and relation.target in package:
            stream(package, relation.target, strings)
    budget = Budget()
    sheets = list(children(child(workbook, "sheets"), "sheet"))
    for count, entry in enumerate(sheets[:_MOST_SHEETS], start=1):
        report_page(count, min(len(sheets), _MOST_SHEETS))
        name = attribute(entry, "name")
        target = next((relations[value] for value in entry.attrib.values() if value in relations), None)
        if target is None or target.kind != "worksheet" or target.target not in package:
            builder.notes.append(f"the sheet {name} is not read: it is {_other_kind(target)}")
            continue
        if attribute(entry, "state", "visible") != "visible":
            builder.notes.append(f"the sheet {name} is hidden in the workbook")
        reader = SheetTarget(Sheet(name), strings.strings, formats, bold, budget)
        complete = stream(package, target.target, reader)
        _add_targets(package.relations(target.target), reader)
        _add_surroundings(package, target.target, reader.sheet)
        write_sheet(builder, reader.sheet)
        if not complete:
            last = max(reader.sheet.rows, default=0) + 1
            builder.notes.append(
                f"the sheet {name} is read in part: it is larger than what is read of a workbook (row {last})"
            )
        if reader.unknown:
            builder.notes.append(f"the sheet {name} has formulas whose results are not kept in the file: {reader.unknown}")
        if reader.full:
            unread = [attribute(other, "name") for other in sheets[sheets.index(entry) + 1 :]]
            builder.notes += [f"the sheet {other} is not read" for other in unread[:10]]
            break
    return builder.build(_MEDIA_TYPE)


def _part(package: Package, relations: Mapping[str, Relation], kind: str) -> Element | None:
    return next((package.xml(r.target) for r in relations.values() if r.kind == kind and not r.outside), None)


def _other_kind(relation: Relation | None) -> str:
    return {"chartsheet": "a chart", "dialogsheet": "a dialog", "xlMacrosheet": "a macro"}.get(
        relation.kind if relation else "", "missing"
    )


def _styles(root: Element | None, since_1904: str) -> tuple[NumberFormats, set[int]]:
    """The number formats, and the cell styles with bold letters."""
    codes = {
        number(entry, "numFmtId"): attribute(entry, "formatCode") for entry in children(child(root, "numFmts"), "numFmt")
    }
    bold_fonts = {at for at, font in enumerate(children(child(root, "fonts"), "font")) if switched_on(font, "b")}
    styles = list(children(child(root, "cellXfs"), "xf"))
    bold = {at for at, style in enumerate(styles) if number(style, "fontId") in bold_fonts}
    of_styles = [number(style, "numFmtId") for style in styles]
    return NumberFormats(codes, of_styles, since_1904=since_1904 in {"1", "true"}), bold


def _add_targets(relations: Mapping[str, Relation], reader: SheetTarget) -> None:
    """The addresses that cells lead to, beside what they show."""
    for row, column, relation in reader.links:
        cells = reader.sheet.rows.get(row, [])
        at = next((at for at, cell in enumerate(cells) if cell.start == column), None)
        if at is not None and relation in relations and relations[relation].outside:
            cells[at] = replace(cells[at], text=with_target(cells[at].text, relations[relation].target))


def _add_surroundings(package: Package, part: str, sheet: Sheet) -> None:
    """What belongs to a sheet and stands in parts of its own: headers of its tables, comments, boxes, charts."""
    for relation in package.relations(part).values():
        root = None if relation.outside else package.xml(relation.target) if relation.target.endswith(".xml") else None
        if root is None:
            continue
        if relation.kind == "table" and number(root, "headerRowCount", 1):
            if (span := span_of(attribute(root, "ref"))) is not None:
                sheet.header_spans.append((span[0], span[1], span[3]))
        elif relation.kind == "comments":
            for comment in descendants(root, "comment"):
                text = "".join(node.text or "" for node in descendants(child(comment, "text"), "t"))
                text = " ".join(_OWN_HEADER.sub("", text).split())
                sheet.extra.append(f"Comment on {attribute(comment, 'ref')}: {text}" if text else "")
        elif relation.kind == "threadedComment":
            for comment in descendants(root, "threadedComment"):
                text = "".join(node.text or "" for node in children(comment, "text"))
                sheet.extra.append(f"Comment on {attribute(comment, 'ref')}: {text}")
        elif relation.kind == "drawing":
            sheet.extra += [paragraph_text(body) for body in descendants(root, "txBody")]
            charts = [r for r in package.relations(relation.target).values() if r.kind == "chart" and not r.outside]
            for chart in charts:  # its numbers stand in the cells
                sheet.extra += [line for line in chart_lines(package.xml(chart.target)) if line.startswith("Chart: ")]
