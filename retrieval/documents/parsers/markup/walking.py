"""A tree walked by events, however deep it is: no call goes into another, and a subtree can be left out."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from .tree import Element


class Event(Enum):
    START = 1
    END = 2  # not of what was skipped
    OTHER = 3  # a comment or an instruction: only the text after it counts


class Walk:
    """An iterator of events and elements in document order."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._skips = False

    def skip(self) -> None:
        """Leave out what is below the element that has just started, and its end."""
        self._skips = True

    def __iter__(self) -> Iterator[tuple[Event, Element]]:
        yield Event.START, self._root
        if self._skips:
            return
        open_elements = [(self._root, iter(self._root))]
        while open_elements:
            element, children = open_elements[-1]
            child = next(children, None)
            if child is None:
                open_elements.pop()
                yield Event.END, element
            elif not isinstance(child.tag, str):
                yield Event.OTHER, child
            else:
                yield Event.START, child
                if self._skips:
                    self._skips = False
                else:
                    open_elements.append((child, iter(child)))
