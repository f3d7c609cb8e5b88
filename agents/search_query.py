"""What a question is searched for as: a follow-up with its subject, where the documents do not answer its bare words."""

from __future__ import annotations

from collections.abc import Sequence

from ..retrieval import Filters, Library
from .asking import with_history
from .judging import CALIBRATION, answerable, measure_signals


def search_query(
    library: Library,
    text: str,
    history: Sequence[tuple[str, str]],
    *,
    mode: str,
    passages: int,
    collection: str | Sequence[str],
    filters: Filters | None = None,
) -> str:
    """`history` are (question, answer), oldest first; `passages` of what is found are looked at by the critic."""

    def finds_itself(query: str) -> bool:
        """Whether the documents answer it, as far as the critic could tell."""
        retrieved = library.retrieve(query, k=passages, mode=mode, collection=collection, filters=filters)
        return answerable(measure_signals(library, query, retrieved)) >= CALIBRATION.threshold

    return with_history(text, history, finds_itself)
