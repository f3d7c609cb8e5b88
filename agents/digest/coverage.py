"""How much of the documents was read, and what is said where that was not all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ...conversations import DocumentsRead
from ...text import count, place_label
from .parts import Part

Ended = Literal["complete", "stopped", "seconds", "tokens"]
_WHY = {
    "stopped": "it was stopped there",
    "seconds": "`agents.whole_seconds` ({seconds:g}) allows no more",
    "tokens": "`agents.whole_tokens` ({tokens:,}) allows no more",
}


def documents_read(parts: Sequence[Part], read: int, ended: Ended) -> DocumentsRead:
    """`read` of the parts, the first ones."""
    return DocumentsRead(tuple(dict.fromkeys(part.source for part in parts)), len(parts), read, ended)


def left_out(parts: Sequence[Part], read: int, ended: Ended, *, seconds: float, tokens: int) -> str:
    """A sentence on what was not read; empty text where all was."""
    if ended == "complete" or (read >= len(parts) and ended != "stopped"):
        return ""
    if read >= len(parts):
        return "(All was read. It was stopped before the notes on the parts were put together: here they are.)"
    titles = list(dict.fromkeys(part.title for part in parts))
    what = titles[0] if len(titles) == 1 else count(len(titles), "document")
    begin = place_label(parts[read].passages[0])
    why = _WHY[ended].format(seconds=seconds, tokens=tokens)
    return f"(Only {read} of {count(len(parts), 'part')} of {what} were read: {why}. Not read: from {begin} on.)"
