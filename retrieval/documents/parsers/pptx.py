"""PowerPoint presentations: each slide a page, with its title, shapes, tables, charts, diagrams and speaker notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .cell import Cell, clipped
from .grid import write_table
from .office.elements import Element, attribute, child, children, descendants, local_name, number
from .office.graphics import chart_lines, diagram_lines, drawn_text, paragraph_text
from .office.package import Package, Relation
from .office.properties import title_in
from .progress import report_page

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_TITLES = {"title", "ctrTitle"}
_MARGINS = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
_MOST_SLIDES = 5000


def parse(content: bytes) -> Parsed:
    package = Package(content, "PowerPoint presentation")
    try:
        return _read(package)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _read(package: Package) -> Parsed:
    main = package.main_part("ppt/presentation.xml")
    presentation = package.xml(main)
    if presentation is None:
        raise package.damaged()
    relations = package.relations(main)
    builder = TextBuilder()
    builder.title = title_in(package.xml("docProps/core.xml"))
    slides = [_relation(relations, entry) for entry in descendants(presentation, "sldId")]
    reader = _Slides(builder, package)
    for count, relation in enumerate(slides[:_MOST_SLIDES], start=1):
        builder.begin_page()
        report_page(count, min(len(slides), _MOST_SLIDES))
        root = package.xml(relation.target) if relation is not None else None
        if root is None:
            builder.notes.append(f"slide {count} is missing")
            continue
        if attribute(root, "show") in {"0", "false"}:
            builder.notes.append(f"slide {count} is hidden when it is shown")
        reader.read(root, package.relations(relation.target if relation else ""))
    if len(slides) > _MOST_SLIDES:
        builder.notes.append(f"only the first {_MOST_SLIDES} of {len(slides)} slides are read")
    if reader.pictures:
        builder.notes.append(f"{reader.pictures} picture{'s are' if reader.pictures > 1 else ' is'} not read")
    return builder.build(_MEDIA_TYPE)


def _relation(relations: Mapping[str, Relation], entry: Element) -> Relation | None:
    """What a `sldId` names: it has two attributes called `id`, of which that with a namespace is the relation's."""
    return next((relations[value] for value in entry.attrib.values() if value in relations), None)


@dataclass(slots=True)
class _Slides:
    """Writes slides one after another."""

    builder: TextBuilder
    package: Package
    pictures: int = 0

    def read(self, root: Element, relations: Mapping[str, Relation]) -> None:
        shapes = list(_shapes(child(root, "cSld", "spTree")))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for shape in titles:
            title = " ".join(drawn_text(child(shape, "txBody")).split())
            self.builder.title = self.builder.title or title
            self.builder.add(title, BlockKind.HEADING, level=1)
        for shape in shapes:
            if not any(shape is title for title in titles) and _placeholder(shape) not in _MARGINS:
                self._shape(shape, relations)
        for relation in relations.values():
            if relation.outside:
                continue
            if relation.kind == "notesSlide":
                self._notes(self.package.xml(relation.target))
            elif relation.kind in {"comments", "comment"}:
                self._comments(self.package.xml(relation.target))

    def _shape(self, shape: Element, relations: Mapping[str, Relation]) -> None:
        name = local_name(shape)
        if name == "graphicFrame":
            self._frame(shape, relations)
        elif name == "pic":
            described = attribute(next(descendants(shape, "cNvPr"), None), "descr").strip()
            self.pictures += not described
            self.builder.add(f"Picture: {described}" if described else "")
        else:
            listed = _placeholder(shape) in {"body", "obj", "subTitle", ""} and _is_placeholder(shape)
            self._paragraphs(child(shape, "txBody"), listed)

    def _paragraphs(self, body: Element | None, listed: bool) -> None:
        """`listed`: several paragraphs are points of a list unless they say that they have no bullet."""
        paragraphs = [node for node in children(body, "p") if drawn_text(node).strip()]
        for count, node in enumerate(paragraphs, start=1):
            properties = child(node, "pPr")
            bullet = any(child(properties, name) is not None for name in ("buChar", "buAutoNum", "buBlip"))
            plain = child(properties, "buNone") is not None or not (bullet or (listed and len(paragraphs) > 1))
            text = drawn_text(node).strip()
            if plain:
                self.builder.add(text)
                continue
            after = "\n\n" if count == len(paragraphs) else "\n"
            depth = number(properties, "lvl", 0, most=8)
            self.builder.add(f"- {text}", BlockKind.LIST_ITEM, level=depth, after=after)

    def _frame(self, frame: Element, relations: Mapping[str, Relation]) -> None:
        for table in descendants(frame, "tbl"):
            self._table(table)
        for kind, element, key in (("chart", "chart", "id"), ("diagram", "relIds", "dm")):
            for node in descendants(frame, element):
                relation = relations.get(attribute(node, key))
                if relation is None or relation.outside:
                    continue
                lines = chart_lines if kind == "chart" else diagram_lines
                for line in lines(self.package.xml(relation.target)):
                    self.builder.add(line, after="\n")

    def _table(self, table: Element) -> None:
        above: dict[int, str] = {}
        rows = []
        for row in children(table, "tr"):
            cells: list[Cell] = []
            for column, cell in enumerate(children(row, "tc")):
                text = drawn_text(child(cell, "txBody"))
                if number(cell, "rowSpan", 1) > 1:
                    above[column] = clipped(text, 300)
                if attribute(cell, "vMerge") in {"1", "true"}:
                    text = text.strip() or above.get(column, "")
                if attribute(cell, "hMerge") in {"1", "true"} and cells:
                    cells[-1] = Cell(cells[-1].text, cells[-1].columns + 1)
                else:
                    cells.append(Cell(text))
            rows.append(cells)
        first_row = attribute(child(table, "tblPr"), "firstRow") in {"1", "true"}
        write_table(self.builder, rows, first_row_names=first_row)

    def _notes(self, root: Element | None) -> None:
        for shape in _shapes(child(root, "cSld", "spTree")):
            if _placeholder(shape) == "body" and (text := drawn_text(child(shape, "txBody")).strip()):
                self.builder.add(f"Speaker notes: {text}")

    def _comments(self, root: Element | None) -> None:
        for comment in descendants(root, "cm"):
            text = "".join(node.text or "" for node in children(comment, "text")) or paragraph_text(child(comment, "txBody"))
            self.builder.add(f"Comment: {text}" if text.strip() else "")


def _shapes(tree: Element | None) -> Iterator[Element]:
    """The shapes of a slide in their order, those of groups among them."""
    for node in children(tree):
        name = local_name(node)
        if name == "grpSp":
            yield from _shapes(node)
        elif name == "AlternateContent":
            choice = child(node, "Choice")
            yield from _shapes(choice if choice is not None else child(node, "Fallback"))
        elif name in {"sp", "graphicFrame", "pic", "cxnSp"}:
            yield node


def _placeholder(shape: Element) -> str:
    """The kind of placeholder that a shape fills; empty where it names none."""
    return attribute(next(descendants(shape, "ph"), None), "type") if local_name(shape) == "sp" else ""


def _is_placeholder(shape: Element) -> bool:
    return next(descendants(shape, "ph"), None) is not None
