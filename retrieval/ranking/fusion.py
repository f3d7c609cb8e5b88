"""Several rankings merged into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Id = TypeVar("Id", int, str)


def fuse_scored(rankings: Sequence[Sequence[tuple[Id, float]]], depth: int) -> list[tuple[Id, float]]:
    """Merge rankings of (id, score), up to `depth` each: the mean of their scores, by how far each stands out.

    A score counts from its ranking's last, in standard deviations of the ranking; where there are fewer than `depth`, all
    else would have scored 0. So a clear first of one side stays first, where ranks alone would put it after what both sides
    place somewhere. No weight is fitted, but the way was picked on six sets: it has the best mean there, and is nowhere
    worse than the better side by more than .002 (`docs/evaluation.md`). Returns (id, score), best first.
    """
    fused: dict[Id, float] = {}
    for ranking in rankings:
        scores = np.array([score for _, score in ranking] + [0.0] * (depth - len(ranking)))
        spread = float(scores.std()) or 1.0
        for item, score in ranking:
            fused[item] = fused.get(item, 0.0) + (score - float(scores.min())) / spread / len(rankings)
    return sorted(fused.items(), key=lambda scored: -scored[1])
