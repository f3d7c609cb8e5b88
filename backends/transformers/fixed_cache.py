"""Keys and values in memory of a fixed size: on a GPU the step for one token is captured once and replayed after that.

What a small model costs on a GPU is mostly the launching of its kernels, some hundreds a token; a captured graph is one
launch (https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)

_SHORTEST = 2048  # tokens; doubled until a prompt and its answer fit


def fixed_length(tokens: int, most: int) -> int:
    """The length of a cache for so many tokens: the same for many, so that it is seldom made anew."""
    length = _SHORTEST
    while length < tokens:
        length *= 2
    return max(tokens, min(length, most))


def can_be_fixed(model: Any) -> bool:
    """Whether the model reads from such memory, and each of its layers sees all of the text."""
    if getattr(model.config, "_attn_implementation", None) != "sdpa" or not getattr(model, "_can_compile_fullgraph", False):
        return False
    from transformers.cache_utils import StaticCache, StaticLayer

    try:
        layers = StaticCache(config=model.config, max_cache_len=1).layers
    except (AttributeError, KeyError, TypeError, ValueError):  # a library that makes them otherwise
        return False
    return all(type(layer) is StaticLayer and hasattr(layer, "cumulative_length") for layer in layers)


class FixedCache:
    """Room for `length` tokens. `argument` is the model's name for a cache, `options` what else it is called with."""

    def __init__(self, model: Any, device: str, length: int, argument: str, options: dict[str, int]) -> None:
        import torch
        from transformers.cache_utils import StaticCache

        self.length = length
        self._model = model
        self._cache = StaticCache(config=model.config, max_cache_len=length)
        self._options = {argument: self._cache, **options}
        self._positions = torch.arange(length, device=device)
        self._ids = torch.zeros((1, 1), dtype=torch.long, device=device)
        self._at = torch.zeros((1, 1), dtype=torch.long, device=device)
        self._graph: Any = None
        self._scores: Any = None  # where a replay leaves them
        self._captures = device.startswith("cuda")

    @property
    def captured(self) -> bool:
        return self._graph is not None

    def read(self, ids: Sequence[int], held: int) -> Any:
        """Read on after the first `held` tokens, whatever followed them before. Returns the logits, (vocabulary,)."""
        import torch

        self._set_length(held)
        if len(ids) > 1:
            device = self._positions.device
            at = torch.arange(held, held + len(ids), device=device)[None]
            return self._step(torch.tensor([ids], device=device), at)
        self._ids.fill_(ids[0])
        self._at.fill_(held)
        if self._captures and self._graph is None:
            self._capture(held)
        if self._graph is None:
            return self._step(self._ids, self._at)
        self._graph.replay()
        return self._scores

    def _step(self, ids: Any, at: Any) -> Any:
        mask = (self._positions[None, :] <= at[0][:, None])[None, None]  # (1, 1, tokens, length): what each may look at
        out = self._model(input_ids=ids, position_ids=at, attention_mask=mask, use_cache=True, **self._options)
        return out.logits[0, -1].float()

    def _set_length(self, held: int) -> None:
        for layer in self._cache.layers:
            layer.cumulative_length.fill_(held)

    def _capture(self, held: int) -> None:
        """Capture the step. A model that cannot be captured is asked step by step."""
        import torch

        try:
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(2):  # what is made at first use may not be captured
                    self._step(self._ids, self._at)
                    self._set_length(held)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._scores = self._step(self._ids, self._at)
            self._graph = graph
        except RuntimeError:
            log.warning("a step of this model cannot be captured; it is asked step by step", exc_info=True)
            self._captures, self._graph = False, None
            torch.cuda.synchronize()
        self._set_length(held)
