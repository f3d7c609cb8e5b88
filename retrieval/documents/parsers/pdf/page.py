"""What a page holds before anything is known of its layout."""

from __future__ import annotations

from dataclasses import dataclass, field

HYPHEN = "\ufffe"  # how PDFium marks the hyphen of a word that is divided at a line's end

Span = tuple[float, float, float, float]


@dataclass(slots=True)
class Segment:
    """Words that stand close together on a line. The y axis points down; units are points."""

    x0: float
    y0: float
    x1: float
    y1: float
    words: list[str]
    lefts: list[float]
    rights: list[float]
    mono: int = 0  # words of a monospaced font
    bold: int = 0
    hyphen: bool = False  # its last word goes on in the next line
    order: int = 0  # where it stands in the file

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def size(self) -> float:
        return self.y1 - self.y0


@dataclass(slots=True)
class PageContent:
    """What a page holds before anything is known of its layout. `rules`: lines drawn, as thin boxes."""

    width: float
    height: float
    segments: list[Segment] = field(default_factory=list)
    turned: list[list[Segment]] = field(default_factory=list)  # text at other angles, each angle upright for itself
    rules: list[Span] = field(default_factory=list)
    pictures: float = 0.0  # share of the page that the largest picture covers
    paths: int = 0  # drawn on it
    fields: list[tuple[str, str]] = field(default_factory=list)  # see `forms`
    remarks: list[str] = field(default_factory=list)
    recognised: bool = False  # its words come from a picture
