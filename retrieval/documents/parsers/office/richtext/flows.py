"""What an RTF reader fills: streams of paragraphs, table rows and page breaks."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_CELLS = 1000  # of a row


@dataclass(slots=True)
class Paragraph:
    text: str
    style: int = 0
    level: int = 0  # of a heading, from 1; 0: none
    marker: str = ""  # of a list item, as it is printed
    depth: int = 0  # of a list item


@dataclass(slots=True)
class CellEdge:
    """A cell as the definition of its row has it."""

    right: int = 0  # where it ends, in twips
    joins_left: bool = False
    begins_down: bool = False
    joins_above: bool = False


@dataclass(slots=True)
class Row:
    cells: list[str] = field(default_factory=list)
    edges: list[CellEdge] = field(default_factory=list)
    is_header: bool = False

    def define(self, word: str, number: int | None) -> None:
        """Take in a control word that defines a cell; others are passed over."""
        if word not in {"clmrg", "clvmgf", "clvmrg", "cellx"} or len(self.edges) > _MOST_CELLS:
            return
        if not self.edges or self.edges[-1].right:
            self.edges.append(CellEdge())
        edge = self.edges[-1]
        edge.joins_left |= word == "clmrg"
        edge.begins_down |= word == "clvmgf"
        edge.joins_above |= word == "clvmrg"
        if word == "cellx":
            edge.right = max(number or 1, 1)


@dataclass(slots=True)
class Flow:
    """The body, a page header or a footnote: paragraphs, rows, and None for each page break."""

    items: list[Paragraph | Row | None] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # of the paragraph at hand
    raw: bytearray = field(default_factory=bytearray)  # bytes that are not decoded yet
    marker: str = ""
    row: Row = field(default_factory=Row)
    cell: list[str] = field(default_factory=list)  # paragraphs of the cell at hand
    notes: list[Paragraph] = field(default_factory=list)  # to follow the paragraph at hand

    def end_row(self) -> None:
        if any(self.row.cells):
            self.items.append(self.row)
        self.row = Row(edges=list(self.row.edges), is_header=self.row.is_header)
        self.items += self.notes
        self.notes.clear()

    def lines(self) -> list[str]:
        """All of it as lines, rows with bars."""
        texts = [
            item.text if isinstance(item, Paragraph) else " | ".join(item.cells) for item in self.items if item is not None
        ]
        return [" ".join(text.split()) for text in texts if text.strip()]
