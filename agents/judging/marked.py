"""An answer that somebody else wrote, with the marks of the passages that support it."""

from __future__ import annotations

from collections.abc import Sequence

from ...conversations import ShownPassage
from ...retrieval import Library, Passage
from ..writing import mark_statements
from .attribution import attribute


def mark_answer(library: Library, question: str, answer: str, shown: Sequence[ShownPassage]) -> str:
    """`answer` with marks that count the passages `shown` from 1. What none of them supports gets none."""
    passages = [
        Passage(passage.chunk_id, passage.source, passage.page, passage.text, 0, len(passage.text), 0.0, 0.0)
        for passage in shown
    ]
    statements = attribute(library, question, answer, passages)
    return mark_statements(answer, statements, passages, marked=passages).text
