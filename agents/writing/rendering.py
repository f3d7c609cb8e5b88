"""Evidence and passages as they are shown: under their marks, and made safe for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ...conversations import Citation, Elsewhere, Evidence
from ...retrieval import Passage, Retrieved, Sentence
from ...text import safe

_SHOWN = 3  # evidence sentences


def render_evidence(retrieved: Retrieved, order: Sequence[Passage] | None = None) -> tuple[Evidence, ...]:
    """The best sentences. Their marks count the passages in `order`; None: as they were retrieved."""
    marks = {passage.chunk_id: n for n, passage in enumerate(order or retrieved.passages, start=1)}
    return tuple(_render_sentence(marks[sentence.passage.chunk_id], sentence) for sentence in retrieved.sentences[:_SHOWN])


def render_passage(n: int, passage: Passage) -> Citation:
    return Citation(
        n,
        safe(passage.source),
        passage.page,
        safe(passage.text),
        passage.score,
        page_label=_safe(passage.page_label),
        heading=safe(passage.heading),
        line=passage.line,
        also_in=_elsewhere(passage),
    )


def _render_sentence(n: int, sentence: Sentence) -> Evidence:
    place = sentence.place or sentence.passage
    return Evidence(
        n,
        safe(place.source),
        place.page,
        safe(sentence.text),
        sentence.start,
        sentence.end,
        page_label=_safe(place.page_label),
        heading=safe(sentence.path),
        line=place.line,
        also_in=_elsewhere(sentence.passage),
    )


def _elsewhere(passage: Passage) -> tuple[Elsewhere, ...]:
    return tuple(Elsewhere(safe(place.source), place.page, _safe(place.page_label), place.line) for place in passage.also_in)


def _safe(text: str | None) -> str | None:
    return None if text is None else safe(text)
