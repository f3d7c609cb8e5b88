"""The reranker that the settings name, opened; the model in use is another matter: `model_reranking`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..config import Settings
    from ..models import ModelStore
    from ..retrieval import Reranking

_NONE = ("", "none")
_PASSAGES = 20  # where the settings do not say


def open_reranking(settings: Settings, models: ModelStore, notify: Callable[[str], None]) -> Reranking | None:
    """What looks at the first hits of every search; None for nothing, or where the model in use does."""
    chosen = settings.retrieval
    if chosen.reranker in _NONE or chosen.reranker == "model":
        return None
    from ..retrieval import Reranking, open_reranker

    reranker = open_reranker(chosen.reranker, models)
    return Reranking(reranker, passages=chosen.rerank_passages or _PASSAGES, seconds=chosen.rerank_seconds, notify=notify)
