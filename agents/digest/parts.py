"""A document in parts that a model reads in turn: chunks in their order, within a budget of tokens, cut at headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...retrieval import HEADING_SEPARATOR, Passage
from ...text import one_line
from ..reading import TokenCounter

_FULL_ENOUGH = 0.5  # of the budget, from which on a part ends before a heading of its own level


@dataclass(frozen=True, slots=True)
class Part:
    """Chunks that stand one after the other in a document; none of their text is in another part."""

    passages: tuple[Passage, ...]
    tokens: int
    title: str = ""  # of the document

    @property
    def source(self) -> str:
        return self.passages[0].source

    @property
    def heading(self) -> str:
        return self.passages[0].heading

    def text(self) -> str:
        """As a model reads it: a heading where it changes, and what must be read with a table's rows once."""
        pieces: list[str] = []
        heading = context = ""
        for passage in self.passages:
            if passage.heading != heading and passage.heading and not _begins_with(passage):
                pieces.append(f"## {one_line(passage.heading)}")
            if passage.context and passage.context != context:
                pieces.append(passage.context)
            heading, context = passage.heading, passage.context
            pieces.append(passage.text.strip())
        return "\n\n".join(pieces)


async def cut_parts(passages: Sequence[Passage], title: str, budget: int, counter: TokenCounter) -> list[Part]:
    """The chunks of a document, in order, as parts of at most `budget` tokens; a larger chunk is a part by itself."""
    parts: list[Part] = []
    held: list[Passage] = []
    tokens = 0
    for passage in without_overlap(passages):
        length = await counter.count(f"{passage.context}\n{passage.text}" if passage.context else passage.text)
        new_section = bool(held) and _outer(passage) != _outer(held[-1])
        if held and (tokens + length > budget or (new_section and tokens >= _FULL_ENOUGH * budget)):
            parts.append(Part(tuple(held), tokens, title))
            held, tokens = [], 0
        held.append(passage)
        tokens += length
    return [*parts, Part(tuple(held), tokens, title)] if held else parts


def without_overlap(passages: Sequence[Passage]) -> list[Passage]:
    """Each stretch of the text once: what an earlier chunk has is cut from the beginning of a later one."""
    kept: list[Passage] = []
    end = 0
    for passage in passages:
        if passage.start < end:
            passage = replace(passage, text=passage.text[end - passage.start :], start=min(end, passage.end), marks=())
        if passage.text.strip():
            kept.append(passage)
            end = max(end, passage.end)
    return kept


def _outer(passage: Passage) -> str:
    return HEADING_SEPARATOR.join(passage.heading.split(HEADING_SEPARATOR)[:2])


def _begins_with(passage: Passage) -> bool:
    """Whether the chunk itself begins with its heading."""
    last = passage.heading.rsplit(HEADING_SEPARATOR, 1)[-1].strip()
    return passage.text.lstrip("# \n").startswith(last)
