"""Several rankings merged into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Id = TypeVar("Id", int, str)
_RANK_CONSTANT = 60  # of reciprocal ranks, as published


def fuse_scored(
    rankings: Sequence[Sequence[tuple[Id, float]]], depth: int, shares: Sequence[float] | None = None
) -> list[tuple[Id, float]]:
    """Merge rankings of (id, score), up to `depth` each: the mean of their scores, by how far each stands out.

    A score counts from its ranking's last, in standard deviations of the ranking; where there are fewer than `depth`, all
    else would have scored 0. So a clear first of one side stays first, where ranks alone would put it after what both sides
    place somewhere. The formula was picked on six sets (`docs/evaluation.md`). `shares`: of each ranking, 1 in all; equal
    where they are not given. Returns (id, score), best first.
    """
    fused: dict[Id, float] = {}
    for ranking, share in zip(rankings, shares or [1 / len(rankings)] * len(rankings), strict=True):
        for item, score in standing_out(ranking, depth).items():
            fused[item] = fused.get(item, 0.0) + score * share
    return sorted(fused.items(), key=lambda scored: -scored[1])


def standing_out(ranking: Sequence[tuple[Id, float]], depth: int) -> dict[Id, float]:
    """By how many standard deviations each score of a ranking, up to `depth` long, lies above the last."""
    scores = np.array([score for _, score in ranking] + [0.0] * (depth - len(ranking)))
    spread = float(scores.std()) or 1.0
    return {item: (score - float(scores.min())) / spread for item, score in ranking}


def fuse_ranks(ranking: Sequence[tuple[Id, float]], other: Sequence[tuple[Id, float]]) -> list[tuple[Id, float]]:
    """`ranking`, whose first items `other` has ordered too, with those in the order of both reciprocal ranks.

    (Cormack et al., 2009.) Where these are equal the order of `ranking` stands. Each place keeps its score: those of the
    rest compare with them still. Returns (id, score), best first.
    """
    ranks = {item: rank for rank, (item, _) in enumerate(other, start=1)}
    first = [item for item, _ in ranking[: len(ranks)]]
    gains = {item: 1 / (_RANK_CONSTANT + at) + 1 / (_RANK_CONSTANT + ranks[item]) for at, item in enumerate(first, start=1)}
    ordered = sorted(first, key=lambda item: -gains[item])
    return [(item, score) for item, (_, score) in zip(ordered, ranking, strict=False)] + list(ranking[len(ranks) :])
