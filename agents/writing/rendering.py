"""Evidence and passages as they are shown: under their marks, and made safe for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ...conversations import Citation, Evidence
from ...retrieval import Passage, Retrieved
from ...text import safe

_SHOWN = 3  # evidence sentences


def render_evidence(retrieved: Retrieved, order: Sequence[Passage] | None = None) -> tuple[Evidence, ...]:
    """The best sentences. Their marks count the passages in `order`; None: as they were retrieved."""
    marks = {passage.chunk_id: n for n, passage in enumerate(order or retrieved.passages, start=1)}
    return tuple(
        Evidence(
            marks[sentence.passage.chunk_id],
            safe(sentence.passage.source),
            sentence.passage.page,
            safe(sentence.text),
            sentence.start,
            sentence.end,
        )
        for sentence in retrieved.sentences[:_SHOWN]
    )


def render_passage(n: int, passage: Passage) -> Citation:
    return Citation(n, safe(passage.source), passage.page, safe(passage.text), passage.score)
