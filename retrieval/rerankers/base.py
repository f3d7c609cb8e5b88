"""What a reranker is, and how one fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...errors import AylluError


class Reranker(Protocol):
    """A question and passages in, scores out. Threads may share it."""

    @property
    def name(self) -> str: ...

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """How well each passage answers, in the same order: higher is better. Scores compare within one question only."""
        ...


class RerankerFailed(AylluError):
    """The reranker could not be loaded or gave no scores."""

    kind = "reranker_failed"
