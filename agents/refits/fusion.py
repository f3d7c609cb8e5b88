"""How much meaning counts beside words where the two searches are fused, fitted to which passages were right.

One share, drawn towards the shipped one, and used only where it places the right passages of questions that it has not seen
better than the shipped one does: each question in turn is left out, and the gain must be more than chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 12  # labelled questions
_GROWTH = 1.5  # times as many labels before it is looked at again: every look is one more chance for chance
_SHARES = np.linspace(0.0, 1.0, 21)
_SHARPNESS = 2.0  # of the softmax over a fused score in standard deviations
_PULL = 8.0  # log-likelihood that the furthest share loses: as if some labels said that the shipped one is right
_LEVEL = 0.02  # probability of so large a gain by chance, at each look
_FLIPS = 4_000


@dataclass(frozen=True, slots=True)
class JudgedRanking:
    """The passages that a search placed first, shape (n, 2): what words and meaning gave each; and which were right."""

    contributions: NDArray[np.float64]
    right: frozenset[int]
    id: str = ""


@dataclass(frozen=True, slots=True)
class FusionFit:
    """`share` of meaning to be used; None: the shipped one stays. Reciprocal ranks of the right passage, cross-validated."""

    share: float | None = None
    labels: int = 0
    before: float | None = None
    after: float | None = None
    p: float | None = None
    reason: str = ""


def fit_share(judged: Sequence[JudgedRanking], shipped: float) -> FusionFit:
    """`judged` oldest first: of more labels than were looked at last, but not enough for another look, the oldest count."""
    if len(judged) < LEAST:
        return FusionFit(None, len(judged), reason=f"{len(judged)} of {LEAST} questions whose right passage is known")
    looked_at = judged[: _look(len(judged))]
    fits = np.array([[_log_likelihood(each, share) for share in _SHARES] for each in looked_at])
    pull = _PULL * (_SHARES - shipped) ** 2
    without = [_SHARES[int(np.argmax(fits.sum(0) - row - pull))] for row in fits]
    before = np.array([reciprocal_rank(each, shipped) for each in looked_at])
    after = np.array([reciprocal_rank(each, share) for each, share in zip(looked_at, without, strict=True)])
    p = _chance(after - before)
    share = float(_SHARES[int(np.argmax(fits.sum(0) - pull))])
    figures = (len(judged), float(before.mean()), float(after.mean()), p)
    if after.mean() <= before.mean() or p > _LEVEL:
        return FusionFit(None, *figures, reason="on questions left out it places the right passages no better than chance")
    return FusionFit(share, *figures)


def reciprocal_rank(judged: JudgedRanking, share: float) -> float:
    """Of the first right passage, at this share."""
    scores = _scores(judged, share)
    best = max(scores[at] for at in judged.right)
    return float(1 / (1 + (scores > best).sum()))


def _scores(judged: JudgedRanking, share: float) -> NDArray[np.float64]:
    return np.asarray(judged.contributions @ np.array([1 - share, share]))


def _log_likelihood(judged: JudgedRanking, share: float) -> float:
    scores = _SHARPNESS * _scores(judged, share)
    weights = np.exp(scores - scores.max())
    return float(np.log(weights[list(judged.right)].sum() / weights.sum()))


def _look(labels: int) -> int:
    """So many of them as there were when it was last looked at."""
    looked = LEAST
    while int(np.ceil(looked * _GROWTH)) <= labels:
        looked = int(np.ceil(looked * _GROWTH))
    return looked


def _chance(gains: NDArray[np.float64]) -> float:
    """Probability of as large a mean by chance: the signs of the gains flipped at random, or all ways where they are few."""
    moved = gains[gains != 0]
    if len(moved) == 0:
        return 1.0
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(_FLIPS, len(moved)))
    return float((1 + ((signs @ moved) >= moved.sum() - 1e-12).sum()) / (_FLIPS + 1))
