"""XML elements by their local names: OOXML has two sets of namespaces for the same elements (transitional and strict)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Element = Any  # lxml's
_WHOLE = re.compile(r"^\s*[+-]?\d{1,9}(?:\.\d*)?\s*$")


def local_name(element: Element) -> str:
    """The name of `element` without its namespace; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The children of these names; all elements where no name is given."""
    for child in () if element is None else element:
        name = local_name(child)
        if name and (not names or name in names):
            yield child


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down this path of names."""
    for name in path:
        element = next(children(element, name), None)
    return element


def descendants(element: Element | None, *names: str) -> Iterator[Element]:
    """All elements of these names below, in their order."""
    for node in () if element is None else element.iter():
        if local_name(node) in names:
            yield node


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """The attribute of this local name, whatever its namespace."""
    if element is None:
        return default
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return default


def number(element: Element | None, name: str, default: int = 0, *, most: int = 1_000_000) -> int:
    """An attribute as a number from 0 to `most`; `default` where it is missing or none."""
    text = attribute(element, name)
    return max(0, min(int(float(text)), most)) if _WHOLE.match(text) else default


def switched_on(parent: Element | None, name: str) -> bool:
    """Whether a property such as `<w:b/>` stands in `parent` and does not say no."""
    switch = child(parent, name)
    return switch is not None and attribute(switch, "val", "true").lower() not in {"0", "false", "off", "none"}


def all_text(element: Element | None) -> str:
    """All characters below, in their order."""
    return "" if element is None else "".join(element.itertext())
