"""What stands in a paragraph of Word: runs, insertions, links, notes, equations, boxes; what was deleted is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..elements import Element, attribute, child, children, descendants, local_name, switched_on
from ..equations import omml_text

_GONE = {
    *("del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "rubyPr"),
    *("fldData", "proofErr", "bookmarkStart", "bookmarkEnd"),
}
_SIGNS = {"noBreakHyphen": "-", "tab": " ", "ptab": " ", "cr": "\n"}
_SYMBOLS = {  # of the fonts Symbol and Wingdings, which have places of their own
    **{0xF0FC: "✓", 0xF0FE: "☑", 0xF0A8: "☐", 0xF06F: "☐", 0xF0FB: "✗", 0xF0E0: "→", 0xF0E8: "→", 0xF0B7: "•", 0xF0A7: "▪"},
    **{0xF0B0: "°", 0xF0B1: "±", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0B4: "×", 0xF06D: "µ", 0xF061: "α", 0xF062: "β", 0xF070: "π"},
    **{0xF044: "Δ", 0xF057: "Ω", 0xF0AE: "→"},
}


@dataclass(slots=True)
class Inline:
    """The text of a paragraph, and what hangs on it."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)  # `txbxContent`, to be read after the paragraph
    notes: list[tuple[str, str]] = field(default_factory=list)  # kind and id of foot- and endnotes, comments
    graphics: list[tuple[str, str]] = field(default_factory=list)  # kind and relation of charts and diagrams
    pictures: list[str] = field(default_factory=list)  # what is said of each, empty for most
    breaks_before: list[str] = field(default_factory=list)  # of pages: "explicit", "rendered"
    breaks_after: list[str] = field(default_factory=list)  # the same, once there is text
    hidden: int = 0  # characters that Word does not show
    embedded: int = 0  # objects
    bold: int = 0  # runs that are not blank
    plain: int = 0

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def is_bold(self) -> bool:
        return bool(self.bold) and not self.plain

    def read(self, nodes: Iterable[Element], *, in_bold: bool = False) -> None:
        """Take in the elements of a paragraph."""
        for node in nodes:
            name = local_name(node)
            if name in _GONE or not name:
                continue
            if name == "r":
                self._run(node, in_bold)
            elif name in {"oMath", "oMathPara"}:
                self._write(omml_text(node))
            elif name == "AlternateContent":
                self.read(preferred(node), in_bold=in_bold)
            else:
                self._leaf(node, name, in_bold)

    def _run(self, run: Element, in_bold: bool) -> None:
        properties = child(run, "rPr")
        if switched_on(properties, "vanish"):
            self.hidden += sum(len(text.text or "") for text in children(run, "t"))
            return
        bold = switched_on(properties, "b") if child(properties, "b") is not None else in_bold
        self.read(run, in_bold=bold)

    def _leaf(self, node: Element, name: str, in_bold: bool) -> None:
        if name == "t":
            self._write(node.text or "", bold=in_bold)
        elif name in _SIGNS:
            self._write(_SIGNS[name])
        elif name == "br":
            if attribute(node, "type") == "page":
                self._break("explicit")
            else:
                self._write("\n")
        elif name == "lastRenderedPageBreak":
            self._break("rendered")
        elif name == "sym":
            self._write(_symbol(attribute(node, "char")))
        elif name in {"footnoteReference", "endnoteReference", "commentReference"}:
            self.notes.append((name.removesuffix("Reference"), attribute(node, "id")))
        elif name in {"drawing", "pict", "object"}:
            self._drawing(node)
        else:
            self.read(node, in_bold=in_bold)

    def _drawing(self, node: Element) -> None:
        boxes = list(_outermost(node, "txbxContent"))
        self.boxes += boxes
        charts = [("chart", attribute(chart, "id")) for chart in descendants(node, "chart")]
        diagrams = [("diagram", attribute(ids, "dm")) for ids in descendants(node, "relIds")]
        self.graphics += charts + diagrams
        described = [attribute(shape, "descr") for shape in descendants(node, "docPr")]
        described += [attribute(shape, "alt") for shape in descendants(node, "shape")]
        pictured = next(descendants(node, "blip", "imagedata"), None) is not None
        if local_name(node) == "object":
            self.embedded += 1
        elif pictured or (any(described) and not boxes):
            self.pictures.append(next((text for text in described if text.strip()), ""))

    def _break(self, kind: str) -> None:
        (self.breaks_after if self.text.strip() else self.breaks_before).append(kind)

    def _write(self, text: str, *, bold: bool = False) -> None:
        self.parts.append(text)
        if not text.isspace():
            self.bold += bold
            self.plain += not bold


def preferred(alternatives: Element) -> Iterable[Element]:
    """Of `mc:AlternateContent` what a new program shows; both sides hold the same text."""
    choice = child(alternatives, "Choice")
    return choice if choice is not None and len(choice) else child(alternatives, "Fallback") or ()


def _outermost(node: Element, name: str) -> Iterable[Element]:
    """Elements of this name that stand in no other of it; of alternatives only one side is seen."""
    for part in preferred(node) if local_name(node) == "AlternateContent" else children(node):
        if local_name(part) == name:
            yield part
        else:
            yield from _outermost(part, name)


def _symbol(code: str) -> str:
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    if point in _SYMBOLS:
        return _SYMBOLS[point]
    letter = 0x20 <= point < 0xD800
    return chr(point) if letter else ""
