"""The styles of a Word document and the numbers of its lists: what a paragraph is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..elements import Element, attribute, child, children, number, switched_on
from ..numbering import Level, ListNumbers

_DEEPEST = 40  # styles that a style is based on, one on another
_HEADING_NAME = re.compile(r"^heading\s*([1-9])$", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"^(toc|table of figures|table of authorities|index)\b", re.IGNORECASE)
_CODE_NAME = re.compile(r"\b(code|preformatted|verbatim|listing|macro text|plain text)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is, by its own properties and by its style's."""

    heading: int = 0  # its level from 1; 0: no heading
    is_title: bool = False
    is_contents: bool = False
    is_code: bool = False
    is_list: bool = False
    list_id: str = ""  # of the list whose next number it has
    depth: int = 0  # in that list


class Styles:
    """The part `styles.xml`; `roots` may be None where it is missing."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {
            attribute(style, "styleId"): style
            for style in children(root, "style")
            if attribute(style, "type", "paragraph") in {"paragraph", "numbering"}
        }
        self._default = next(
            (key for key, style in self._styles.items() if attribute(style, "default") in {"1", "true"}), ""
        )
        self._chains: dict[str, list[Element]] = {}
        self._roles: dict[str, Role] = {}  # of paragraphs that only name a style
        self._bold: dict[str, bool] = {}

    def name(self, paragraph_properties: Element | None) -> str:
        style_id = self.style_id(paragraph_properties)
        return attribute(child(self._styles.get(style_id), "name"), "val") or style_id

    def style_id(self, paragraph_properties: Element | None) -> str:
        return attribute(child(paragraph_properties, "pStyle"), "val") or self._default

    def role(self, properties: Element | None) -> Role:
        """`properties`: the paragraph's `pPr`."""
        if any(child(properties, name) is not None for name in ("numPr", "outlineLvl")):
            return self._role(properties)
        style_id = self.style_id(properties)
        if style_id not in self._roles:
            self._roles[style_id] = self._role(properties)
        return self._roles[style_id]

    def _role(self, properties: Element | None) -> Role:
        chain = [properties, *(child(style, "pPr") for style in self.chain(self.style_id(properties)))]
        name = self.name(properties)
        numbering = [numbered for source in chain if (numbered := child(source, "numPr")) is not None]
        list_id = next((attribute(hit, "val") for item in numbering if (hit := child(item, "numId")) is not None), "")
        levels = [hit for item in numbering if (hit := child(item, "ilvl")) is not None]
        outlines = [hit for source in chain if (hit := child(source, "outlineLvl")) is not None]
        level = number(outlines[0], "val", 9) + 1 if outlines else 0
        if match := _HEADING_NAME.match(name):
            level = level or int(match[1])
        is_title = name.lower() == "title"
        return Role(
            heading=1 if is_title else level if level <= 9 else 0,
            is_title=is_title,
            is_contents=bool(_CONTENTS_NAME.match(name)),
            is_code=bool(_CODE_NAME.search(name)),
            is_list=name.lower().startswith("list") or bool(list_id and list_id != "0"),
            list_id="" if list_id == "0" else list_id,
            depth=number(levels[0], "val", 0, most=9) if levels else 0,
        )

    def chain(self, style_id: str) -> list[Element]:
        """A style and those that it is based on."""
        if style_id not in self._chains:
            chain: list[Element] = []
            at = style_id
            while (style := self._styles.get(at)) is not None and style not in chain and len(chain) < _DEEPEST:
                chain.append(style)
                at = attribute(child(style, "basedOn"), "val")
            self._chains[style_id] = chain
        return self._chains[style_id]

    def is_bold(self, properties: Element | None) -> bool:
        style_id = self.style_id(properties)
        if style_id not in self._bold:
            self._bold[style_id] = any(switched_on(child(style, "rPr"), "b") for style in self.chain(style_id))
        return self._bold[style_id]

    def list_of(self, style_id: str) -> str:
        """The list that a numbering style stands for."""
        return attribute(child(self._styles.get(style_id), "pPr", "numPr", "numId"), "val")


class Numbering:
    """The part `numbering.xml`: lists share the counter of what they are made from unless they start anew."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract = {attribute(item, "abstractNumId"): item for item in children(root, "abstractNum")}
        self._lists = {attribute(item, "numId"): item for item in children(root, "num")}
        self._counters: dict[str, ListNumbers] = {}
        self._started: set[str] = set()

    def next(self, list_id: str, depth: int) -> str:
        """What is printed before the next item; empty where there is no such list."""
        item = self._lists.get(list_id)
        if item is None:
            return ""
        key = self._resolved(attribute(child(item, "abstractNumId"), "val"))
        if key not in self._counters:
            self._counters[key] = ListNumbers(_levels(self._abstract.get(key)))
        counter = self._counters[key]
        if list_id not in self._started:
            self._started.add(list_id)
            for override in children(item, "lvlOverride"):
                if (start := child(override, "startOverride")) is not None:
                    counter.restart(number(override, "ilvl", 0), number(start, "val", 1))
        return counter.next(depth)

    def _resolved(self, key: str) -> str:
        """An abstract list may be the list of a style instead."""
        link = attribute(child(self._abstract.get(key), "numStyleLink"), "val")
        linked = self._lists.get(self._styles.list_of(link)) if link else None
        return attribute(child(linked, "abstractNumId"), "val", key) if linked is not None else key


def _levels(abstract: Element | None) -> Mapping[int, Level]:
    return {
        number(level, "ilvl", 0): Level(
            number(child(level, "start"), "val", 1),
            attribute(child(level, "numFmt"), "val", "decimal"),
            attribute(child(level, "lvlText"), "val")[:100],
            restarts=attribute(child(level, "lvlRestart"), "val") != "0",
        )
        for level in children(abstract, "lvl")
    }
