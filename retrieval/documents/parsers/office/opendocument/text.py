"""The flow of an OpenDocument text: headings, paragraphs, lists, tables, notes, boxes; tracked deletions are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...base import BlockKind
from ...builder import TextBuilder
from ...cell import clipped, place
from ...grid import bars, write_table
from ..elements import Element, all_text, attribute, child, children, descendants, local_name, number
from ..equations import mathml_text
from ..numbering import ListNumbers
from ..package import Package
from .package import described
from .styles import Styles
from .tables import table_row_elements, table_rows

_GONE = {"tracked-changes", "note-citation", "bibliography-configuration", "forms", "sequence-decls", "variable-decls"}
_CONTENTS = {
    *("table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index", "user-index"),
    *("bibliography-index",),
}
_MOST_SPACES = 100


@dataclass(slots=True)
class Writer:
    """Writes what it is given to `builder`."""

    builder: TextBuilder
    package: Package
    styles: Styles
    pages: bool = False  # breaks begin a page
    pictures: int = 0
    embedded: int = 0
    hidden: int = 0  # characters that are not shown
    _waiting: list[tuple[str, Element]] = field(default_factory=list)  # notes and frames of the paragraph at hand
    _lists: dict[str, ListNumbers] = field(default_factory=dict)
    _code: list[str] = field(default_factory=list)

    def write(self, nodes: Iterable[Element], *, furniture: bool = False) -> None:
        """Blocks in their order. `furniture`: they are contents or an index."""
        for node in nodes:
            name = local_name(node)
            if not name or name in _GONE:
                continue
            if name == "p":
                self._paragraph(node, furniture)
                continue
            self._flush_code()
            if name == "h":
                level = number(node, "outline-level", 1, most=9) or 1
                self._block(self.text(node), BlockKind.FURNITURE if furniture else BlockKind.HEADING, level)
            elif name == "list":
                self._list(node, 0, attribute(node, "style-name"))
            elif name == "table":
                self._table(node)
            elif name == "frame":
                self._frame(node)
            elif name in _CONTENTS:
                self.write(children(child(node, "index-body")), furniture=True)
            else:
                self.write(node, furniture=furniture)  # sections, groups, whatever holds blocks
        self._flush_code()

    def text(self, node: Element) -> str:
        """The characters of a paragraph; what hangs on it waits."""
        parts = [node.text or ""]
        for part in node:
            parts.append(self._piece(part))
            parts.append(part.tail or "")
        return "".join(parts)

    def _piece(self, node: Element) -> str:
        name = local_name(node)
        if name == "s":
            return " " * min(number(node, "c", 1), _MOST_SPACES)
        if name == "tab":
            return " "
        if name == "line-break":
            return "\n"
        if name in {"note", "annotation", "frame", "custom-shape", "rect", "g"}:
            self._waiting.append((name, node))
            return self._equation(node) if name == "frame" else ""
        if name in _GONE or name == "ruby-text" or not name:
            return ""
        if name == "span" and self.styles.is_hidden(attribute(node, "style-name"), "text"):
            self.hidden += sum(map(len, node.itertext()))
            return ""
        return self.text(node)

    def _paragraph(self, node: Element, furniture: bool) -> None:
        style = attribute(node, "style-name")
        if self.pages and self.styles.breaks_page(style) and not furniture:
            self._flush_code()
            self.builder.begin_page()
        if self.styles.is_hidden(style, "paragraph"):
            self.hidden += sum(map(len, node.itertext()))
            return
        text = self.text(node)
        names = self.styles.known_as(style)
        if names & {"preformatted text", "source code", "code"} and text.strip():
            self._code.append(text)
            self._flush_waiting()
            return
        self._flush_code()
        if "title" in names and text.strip():
            self.builder.title = self.builder.title or text.strip()
            self._block(text, BlockKind.HEADING, 1)
        else:
            self._block(text, BlockKind.FURNITURE if furniture else BlockKind.PARAGRAPH)

    def _block(self, text: str, kind: BlockKind, level: int = 0, *, after: str = "\n\n") -> None:
        self.builder.add(text, kind, level=level, after="\n" if kind is BlockKind.FURNITURE else after)
        self._flush_waiting()

    def _flush_code(self) -> None:
        code, self._code = self._code, []
        self.builder.add("\n".join(code), BlockKind.CODE)

    def _list(self, node: Element, depth: int, style: str) -> None:
        style = attribute(node, "style-name") or style
        if depth == 0:
            continued = attribute(node, "continue-numbering") == "true" or attribute(node, "continue-list")
            if not continued or style not in self._lists:
                self._lists[style] = self.styles.list_numbers(style)
        numbers = self._lists.setdefault(style, self.styles.list_numbers(style))
        for entry in children(node, "list-header", "list-item"):
            first = local_name(entry) == "list-item"
            for part in children(entry):
                name = local_name(part)
                if name == "list":
                    self._list(part, min(depth + 1, 9), style)
                elif name == "h":
                    number_before = numbers.next(depth) if first else ""
                    heading = f"{number_before.removeprefix('-')} {self.text(part)}".strip()
                    self._block(heading, BlockKind.HEADING, number(part, "outline-level", 1, most=9) or 1)
                elif name == "p":
                    prefix = numbers.next(depth) if first else ""
                    text = self.text(part).strip()
                    self._block(f"{prefix} {text}" if text else "", BlockKind.LIST_ITEM, depth, after="\n")
                else:
                    self.write([part])
                first = False

    def _table(self, node: Element, context: str = "") -> None:
        rows = table_rows(node, self._cell_text, self.styles)
        if max((len(row) for row in rows), default=0) <= 1:
            for cell in descendants(node, "table-cell"):
                self.write(children(cell))
            return
        write_table(self.builder, rows, context=context)
        for (row, _), cells in zip(table_row_elements(node), rows, strict=True):
            around = clipped(bars(place(cells)), 200)
            for cell in children(row, "table-cell"):
                for inner in children(cell, "table"):
                    self._table(inner, " · ".join(part for part in (context, around) if part))
        self._flush_waiting()

    def _cell_text(self, cell: Element) -> str:
        lines = []
        for node in children(cell):
            if local_name(node) in {"p", "h"}:
                lines.append(self.text(node))
            elif local_name(node) == "list":
                lines += [self.text(part) for part in descendants(node, "p", "h")]
        return "\n".join(lines)

    def _flush_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for kind, node in waiting:
            if kind == "note":
                name = "Endnote" if attribute(node, "note-class") == "endnote" else "Footnote"
                text = " ".join("\n".join(map(self.text, descendants(child(node, "note-body"), "p", "h"))).split())
                self.builder.add(f"{name}: {text}" if text else "")
            elif kind == "annotation":
                author = "".join(map(all_text, children(node, "creator")))
                text = " ".join("\n".join(map(self.text, descendants(node, "p"))).split())
                self.builder.add(f"Comment{f' by {author}' if author else ''}: {text}" if text else "")
            elif kind == "frame":
                self._frame(node)
            else:
                self.write(children(node))

    def _frame(self, frame: Element) -> None:
        boxes = list(children(frame, "text-box", "table"))
        for box in boxes:
            self.write([box] if local_name(box) == "table" else children(box))
        if boxes or self._equation(frame):
            return
        if child(frame, "object") is not None or child(frame, "object-ole") is not None:
            self.embedded += 1
        elif child(frame, "image") is not None:
            description = described(frame)
            self.pictures += not description
            self.builder.add(f"Picture: {description}" if description else "")

    def _equation(self, frame: Element) -> str:
        """The formula that a frame holds, as a line; empty for other frames."""
        holder = child(frame, "object")
        target = attribute(holder, "href").removeprefix("./").rstrip("/")
        root = child(holder, "math")
        if root is None and target and f"{target}/content.xml" in self.package:
            root = self.package.xml(f"{target}/content.xml")
        return mathml_text(root) if root is not None and local_name(root) == "math" else ""
