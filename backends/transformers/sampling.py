"""How the next token is chosen among a model's scores: greedily, or by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .generation import Sampling

Scores = NDArray[np.float32]  # (vocabulary,): logits, higher is likelier


class Sampler:
    """Chooses tokens for one answer."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._random = np.random.default_rng(None if sampling.seed is None else sampling.seed % 2**64)

    def choose(self, scores: Scores) -> int:
        """The chosen token's id. What a grammar forbids has a score of minus infinity."""
        sampling = self._sampling
        if sampling.temperature <= 0:
            return int(scores.argmax())
        scaled = scores.astype(np.float64) / sampling.temperature
        order = np.arange(scaled.size)
        if sampling.top_k or sampling.top_p < 1:
            order = np.argsort(-scaled)[: sampling.top_k or None]
        odds = np.exp(scaled[order] - scaled.max())
        odds /= odds.sum()
        if sampling.top_p < 1:
            odds = odds[: 1 + int(np.searchsorted(np.cumsum(odds), sampling.top_p))]
        reached = np.cumsum(odds)
        at = int(np.searchsorted(reached, self._random.random() * reached[-1], side="right"))
        return int(order[min(at, odds.size - 1)])


def log_probabilities(scores: Scores) -> NDArray[np.float64]:
    """The log-probability of each token."""
    logprobs = scores.astype(np.float64)
    logprobs -= logprobs.max()
    logprobs -= np.log(np.exp(logprobs).sum())
    return logprobs
