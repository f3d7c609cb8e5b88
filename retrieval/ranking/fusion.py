"""Several rankings merged into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Id = TypeVar("Id", int, str)


def fuse(rankings: Sequence[Sequence[Id]], *, k: int = 60) -> list[tuple[Id, float]]:
    """Merge ranked ids by reciprocal rank fusion (Cormack et al., 2009).

    Each ranking is best first; an id missing from one scores nothing there. Returns (id, score), best first; scores have no
    unit and compare only within one call.

    Raises:
        ValueError: `k` is not positive.
    """
    if k <= 0:
        raise ValueError("k must be positive")
    scores: dict[Id, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda scored: -scored[1])
