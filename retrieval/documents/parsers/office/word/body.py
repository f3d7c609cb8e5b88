"""The body of a Word document as blocks: paragraphs, lists, headings, tables within tables, boxes, notes and comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...base import BlockKind
from ...builder import TextBuilder
from ...cell import Cell, clipped, place
from ...grid import bars, write_table
from ..elements import Element, attribute, child, children, local_name, number, switched_on
from ..graphics import chart_lines, diagram_lines
from ..package import Package, Relation
from .inline import Inline, preferred
from .styles import Numbering, Role, Styles

_THROUGH = {"ins", "moveTo", "customXml", "smartTag", "sdt", "sdtContent", "customXmlInsRange"}
_LONGEST_HEADING = 300  # characters; a heading style on a paragraph is no heading


@dataclass(slots=True)
class Losses:
    """What of a document is not in its text."""

    pictures: int = 0
    embedded: int = 0
    hidden: int = 0
    chunks: int = 0  # documents within the document


@dataclass(slots=True)
class Body:
    """Writes what it is given to `builder`. One part at a time: `relations` are those of the part being read."""

    builder: TextBuilder
    package: Package
    styles: Styles
    numbering: Numbering
    relations: Mapping[str, Relation]
    notes: Mapping[tuple[str, str], Element]  # foot- and endnotes and comments by kind and id
    break_kind: str = ""  # of the page breaks that count; empty: none
    losses: Losses = field(default_factory=Losses)
    pages: int = 0
    _waiting: list[Inline] = field(default_factory=list)  # whose boxes and notes follow the block at hand
    _shown: set[tuple[str, str]] = field(default_factory=set)
    _code: list[str] = field(default_factory=list)

    def write(self, container: Element) -> None:
        """All blocks of a container."""
        for node in _blocks(container):
            name = local_name(node)
            if name == "p":
                self._paragraph(node)
            elif name == "tbl":
                self._flush_code()
                self._table(node)
            elif name == "altChunk":
                self.losses.chunks += 1
        self._flush_code()

    def lines(self, container: Element) -> list[str]:
        """The text of a container such as a page header, boxes and tables in it too."""
        lines = self._flat(container).split("\n")
        for table in _through(container, "tbl"):
            lines += [bars(place(self._row(row, list(_through(row, "tc")), {}))) for row in _through(table, "tr")]
        waiting, self._waiting = self._waiting, []
        lines += [line for inline in waiting for box in inline.boxes for line in self.lines(box)]
        return [" ".join(line.split()) for line in lines if line.strip()]

    def _paragraph(self, node: Element) -> None:
        properties = child(node, "pPr")
        inline = self._inline(node)
        role = self.styles.role(properties)
        if switched_on(properties, "pageBreakBefore"):
            inline.breaks_before.append("explicit")
        self._turn_pages(inline.breaks_before)
        text = inline.text.strip("\n").rstrip()
        if role.is_code and text.strip():
            self._code.append(text)
        else:
            self._flush_code()
            if text.strip():
                self._text(text.strip(), role)
        self._flush_waiting()
        self._turn_pages(inline.breaks_after)
        section = child(properties, "sectPr")
        if section is not None and attribute(child(section, "type"), "val", "nextPage") != "continuous":
            self._turn_pages(["explicit"])

    def _text(self, text: str, role: Role) -> None:
        prefix = self.numbering.next(role.list_id, role.depth) if role.list_id else "-" if role.is_list else ""
        if role.is_contents:
            self.builder.add(text, BlockKind.FURNITURE, after="\n")
        elif role.heading and len(text) <= _LONGEST_HEADING:
            heading = " ".join(f"{prefix.removeprefix('-')} {text}".split())
            if role.is_title and not self.builder.title:
                self.builder.title = heading
            self.builder.add(heading, BlockKind.HEADING, level=role.heading)
        elif role.is_list:
            self.builder.add(f"{prefix} {text}", BlockKind.LIST_ITEM, level=role.depth, after="\n")
        else:
            self.builder.add(f"{prefix} {text}")

    def _inline(self, node: Element) -> Inline:
        inline = Inline()
        inline.read(node, in_bold=self.styles.is_bold(child(node, "pPr")))
        self.losses.hidden += inline.hidden
        self.losses.embedded += inline.embedded
        self._waiting.append(inline)
        return inline

    def _flush_code(self) -> None:
        code, self._code = self._code, []
        self.builder.add("\n".join(code), BlockKind.CODE)

    def _flush_waiting(self) -> None:
        """Boxes, charts, pictures' descriptions, notes and comments of the block before."""
        waiting, self._waiting = self._waiting, []
        for inline in waiting:
            for box in inline.boxes:
                self.write(box)
            for kind, relation in inline.graphics:
                self._graphic(kind, relation)
            for description in inline.pictures:
                self.losses.pictures += not description.strip()
                self.builder.add(f"Picture: {description}" if description.strip() else "")
            for reference in inline.notes:
                self._note(reference)

    def _graphic(self, kind: str, relation_id: str) -> None:
        relation = self.relations.get(relation_id)
        if relation is None or relation.outside:
            return
        lines = chart_lines if kind == "chart" else diagram_lines
        for line in lines(self.package.xml(relation.target)):
            self.builder.add(line, after="\n")

    def _note(self, reference: tuple[str, str]) -> None:
        node = self.notes.get(reference)
        if node is None or reference in self._shown:
            return
        self._shown.add(reference)
        text = " ".join(self._flat(node).split())
        kind = {"footnote": "Footnote", "endnote": "Endnote"}.get(reference[0], "Comment")
        author = f" by {attribute(node, 'author')}" if kind == "Comment" and attribute(node, "author") else ""
        self.builder.add(f"{kind}{author}: {text}" if text else "")

    def _flat(self, container: Element) -> str:
        """All text of a container, a line a paragraph or row."""
        lines = []
        for node in _blocks(container):
            if local_name(node) == "p":
                inline = self._inline(node)
                role = self.styles.role(child(node, "pPr"))
                prefix = self.numbering.next(role.list_id, role.depth) if role.list_id and inline.text.strip() else ""
                lines.append(f"{prefix} {inline.text}".strip() if prefix else inline.text)
        return "\n".join(line for line in lines if line.strip())

    def _turn_pages(self, breaks: Iterable[str]) -> None:
        for kind in breaks:
            if kind == self.break_kind:
                self.pages += 1
                self.builder.begin_page()

    # Tables

    def _table(self, table: Element, context: str = "") -> None:
        rows = [row for row in _through(table, "tr") if child(row, "trPr", "del") is None]
        cells = [list(_through(row, "tc")) for row in rows]
        if max(map(len, cells), default=0) <= 1:  # one column arranges what is in it
            for row in cells:
                for cell in row:
                    self.write(cell)
            return
        look = child(table, "tblPr", "tblLook")
        first_row = attribute(look, "firstRow") in {"1", "true", "on"} or bool(_hexadecimal(attribute(look, "val")) & 0x20)
        above: dict[int, str] = {}  # what a cell over several rows holds, by its column
        grid, nested = [], []
        for row, row_cells in zip(rows, cells, strict=True):
            placed = self._row(row, row_cells, above)
            grid.append(placed)
            nested += [(inner, clipped(bars(place(placed)), 200)) for cell in row_cells for inner in _through(cell, "tbl")]
        write_table(self.builder, grid, context=context, first_row_names=first_row)
        for inner, around in nested:
            self._table(inner, " · ".join(part for part in (context, around) if part))
        self._flush_waiting()

    def _row(self, row: Element, cells: Iterable[Element], above: dict[int, str]) -> list[Cell]:
        properties = child(row, "trPr")
        placed: list[Cell] = []
        column = number(child(properties, "gridBefore"), "val", 0)
        if column:
            placed.append(Cell("", column))
        named = child(properties, "tblHeader") is not None and switched_on(properties, "tblHeader")
        for cell in cells:
            cell_properties = child(cell, "tcPr")
            columns = max(1, number(child(cell_properties, "gridSpan"), "val", 1))
            merge = child(cell_properties, "vMerge")
            across = attribute(child(cell_properties, "hMerge"), "val")
            before = len(self._waiting)
            text = self._flat(cell)
            bold = [inline.is_bold for inline in self._waiting[before:] if inline.text.strip()]
            if merge is not None and attribute(merge, "val", "continue") != "restart":
                text = text or above.get(column, "")
            elif merge is not None:
                above[column] = clipped(text, 300)
            if child(cell_properties, "hMerge") is not None and across != "restart" and placed:
                placed[-1] = Cell(placed[-1].text, placed[-1].columns + columns, placed[-1].header)
            else:
                placed.append(Cell(text, columns, header=named or (bool(bold) and all(bold))))
            column += columns
        return placed


def _blocks(container: Element) -> Iterator[Element]:
    """Paragraphs and tables of a container, whatever controls and insertions they stand in."""
    for node in children(container):
        name = local_name(node)
        if name == "AlternateContent":
            for part in preferred(node):
                yield from _blocks(part)
        elif name in _THROUGH:
            yield from _blocks(node)
        else:
            yield node


def _through(container: Element, name: str) -> Iterator[Element]:
    return (node for node in _blocks(container) if local_name(node) == name)


def _hexadecimal(text: str) -> int:
    try:
        return int(text[:8] or "0", 16)
    except ValueError:
        return 0
