"""Styles of OpenDocument: which paragraphs are titles, code or begin a page, which letters are bold, how lists count."""

from __future__ import annotations

from ..elements import Element, attribute, child, children, descendants, number
from ..numbering import Level, ListNumbers

_DEEPEST = 40
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}


class Styles:
    """The styles of `content.xml` and `styles.xml`, by family and name."""

    def __init__(self, *roots: Element | None) -> None:
        self._styles = {
            (attribute(style, "family"), attribute(style, "name")): style
            for root in roots
            for style in descendants(root, "style")
        }
        self._lists = {attribute(style, "name"): style for root in roots for style in descendants(root, "list-style")}

    def chain(self, name: str, family: str = "paragraph") -> list[Element]:
        """A style and those that it is derived from."""
        chain: list[Element] = []
        while (style := self._styles.get((family, name))) is not None and style not in chain and len(chain) < _DEEPEST:
            chain.append(style)
            name = attribute(style, "parent-style-name")
        return chain

    def known_as(self, name: str) -> set[str]:
        """The names of a paragraph's style and of those it is derived from, in lower case: "preformatted text"."""
        names = {name, *(attribute(style, "name") for style in self.chain(name))}
        names |= {attribute(style, "display-name") for style in self.chain(name)}
        return {text.replace("_20_", " ").lower() for text in names if text}

    def breaks_page(self, name: str) -> bool:
        """Whether a paragraph of this style begins a page."""
        for style in self.chain(name)[:1]:
            before = attribute(child(style, "paragraph-properties"), "break-before")
            return before == "page" or bool(attribute(style, "master-page-name"))
        return False

    def is_bold(self, name: str, family: str) -> bool:
        for style in self.chain(name, family):
            if weight := attribute(child(style, "text-properties"), "font-weight"):
                return weight in {"bold", "600", "700", "800", "900"}
        return False

    def is_hidden(self, name: str, family: str) -> bool:
        """Whether letters of this style are neither shown nor printed."""
        return any(attribute(child(style, "text-properties"), "display") == "none" for style in self.chain(name, family))

    def list_numbers(self, name: str) -> ListNumbers:
        """A new counter for a list of this style."""
        levels = {}
        for level in children(self._lists.get(name)):
            depth = number(level, "level", 1) - 1
            style, pattern = "bullet", ""
            if level.tag.endswith("number"):
                style = _FORMATS.get(attribute(level, "num-format"), "decimal")
                shown = range(max(0, depth + 1 - number(level, "display-levels", 1, most=10)), depth + 1)
                pattern = ".".join(f"%{place + 1}" for place in shown)
                pattern = f"{attribute(level, 'num-prefix')[:20]}{pattern}{attribute(level, 'num-suffix')[:20]}"
            levels[depth] = Level(number(level, "start-value", 1), style, pattern)
        return ListNumbers(levels or {depth: Level(style="bullet") for depth in range(10)})
