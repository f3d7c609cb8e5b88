"""The line above a passage in a prompt: its document, and the headings that it stands under."""

from __future__ import annotations

from ...retrieval import HEADING_SEPARATOR, Passage
from ...text import one_line

_PARTS = 2  # of a path: "README.md" alone names several documents
_LONGEST = 160  # characters; the outer headings go first
_MOST_ELSEWHERE = 2
_STEP = " › "


def label(passage: Passage) -> str:
    """On one line; without headings that repeat the title."""
    headings = [one_line(part).strip() for part in (passage.title, *passage.heading.split(HEADING_SEPARATOR))]
    steps = list(dict.fromkeys(part for part in headings if part))
    name = name_of(passage.source)
    while len(steps) > 1 and len(name) + sum(len(_STEP) + len(step) for step in steps) > _LONGEST:
        steps.pop(0)
    elsewhere = dict.fromkeys(name_of(place.source) for place in passage.also_in)
    others = [other for other in elsewhere if other != name][:_MOST_ELSEWHERE]
    also = f" (also in {', '.join(others)})" if others else ""
    return _STEP.join([name, *steps])[:_LONGEST] + also


def name_of(source: str) -> str:
    """The end of a path or address."""
    parts = [part for part in one_line(source).replace("\\", "/").split("/") if part.strip()]
    return "/".join(parts[-_PARTS:]) or one_line(source)
