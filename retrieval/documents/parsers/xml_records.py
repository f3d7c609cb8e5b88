"""XML that holds records rather than prose: its elements and attributes as a tree of named values."""

from __future__ import annotations

from collections import Counter

from .data.tree import Value
from .office.elements import Element, local_name

_DEEPEST = 30
_PROSE = frozenset("p para simpara section sect1 chapter article term text tspan programlisting screen".split())


def holds_records(root: Element) -> bool:
    """Whether all text stands in elements of its own, none of which is known from written documents."""
    if not len(root):
        return False
    for element in root.iter():
        if local_name(element).lower() in _PROSE or (element is not root and (element.tail or "").strip()):
            return False
    return True


def values_of(element: Element, depth: int = 0) -> Value:
    """Attributes and children by their names, what repeats as a list; of an element that has neither, its text."""
    text = " ".join((element.text or "").split())
    if depth >= _DEEPEST:
        return " ".join(" ".join(element.itertext()).split())
    pairs: list[tuple[str, Value]] = [
        (name.rpartition("}")[2], " ".join(value.split()))
        for name, value in element.attrib.items()
        if not name.startswith("{") and not name.startswith("xmlns")
    ]
    children = [child for child in element if local_name(child)]
    if not pairs and not children:
        return text
    if text:
        pairs.insert(0, ("", text))
    pairs += [(local_name(child), values_of(child, depth + 1)) for child in children]
    counted = Counter(name for name, _ in pairs)
    values: dict[str, Value] = {}
    for name, value in pairs:
        if counted[name] == 1:
            values[name] = value
        else:
            repeated = values.setdefault(name, [])
            assert isinstance(repeated, list)
            repeated.append(value)
    return values
