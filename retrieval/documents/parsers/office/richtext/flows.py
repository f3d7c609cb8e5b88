"""What an RTF reader fills: streams of paragraphs, table rows and page breaks."""

from __future__ import annotations

from dataclasses import dataclass, field


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

    def lines(self) -> list[str]:
        """All of it as lines, rows with bars."""
        texts = [
            item.text if isinstance(item, Paragraph) else " | ".join(item.cells) for item in self.items if item is not None
        ]
        return [" ".join(text.split()) for text in texts if text.strip()]
