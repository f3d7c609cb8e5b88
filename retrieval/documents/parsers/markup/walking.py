"""A tree walked by events, however deep it is: no call goes into another, and a subtree can be left out."""

from __future__ import annotations

from collections.abc import Iterator

from .tree import Element

START, END = "start", "end"  # any other event is a comment or an instruction, of which only the text after it counts


class Walk:
    """An iterator of events and elements in document order. What was skipped has no end."""

    def __init__(self, root: Element) -> None:
        from lxml import etree

        self._walker = etree.iterwalk(root, events=(START, END, "comment", "pi"))
        self._skipped: Element = None

    def skip(self, element: Element) -> None:
        """Leave out what is below `element`, which has just started."""
        self._walker.skip_subtree()
        self._skipped = element

    def __iter__(self) -> Iterator[tuple[str, Element]]:
        for event in self._walker:
            if self._skipped is not None:  # lxml sends the end of what was skipped, unless a comment comes next
                ended = event[0] == END and event[1] is self._skipped
                self._skipped = None
                if ended:
                    continue
            yield event
