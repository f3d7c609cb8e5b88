"""A model reading: the keys and values of the last text it read, so that what a prompt has in common with it is kept."""

from __future__ import annotations

import inspect
import time
from threading import Event
from typing import Any

from ..errors import BackendFailed
from .fixed_cache import FixedCache, can_be_fixed, fixed_length
from .sampling import Scores

_FIRST_BLOCK = 32  # tokens of a prompt that are read at once at first; then as many as take `_BLOCK_S`
_BLOCK_S = 0.2  # the longest a stop waits while a prompt is read


class PromptCache:
    """`tokens` are those whose keys and values are held. `fixed`: in memory of a fixed size, where the model can.

    `argument` is the model's name for a cache; called with `last_only` too, it scores the last token alone.

    Raises:
        BackendFailed: the model keeps none.
    """

    def __init__(self, model: Any, device: str, *, fixed: bool = False) -> None:
        takes = inspect.signature(model.forward).parameters
        if not takes.keys() & {"cache", "past_key_values"}:
            raise BackendFailed(
                f"A `{model.config.model_type}` model keeps no keys and values, and cannot be asked here.",
                hint="Take another model, or a server that runs this one: `ayllu backends discover`.",
            )
        self._model = model
        self._device = device
        self.argument = "cache" if "cache" in takes else "past_key_values"  # transformers 5.24 renamed it
        self.last_only = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}
        self._can_be_fixed = fixed and can_be_fixed(model)
        self._fixed: FixedCache | None = None
        self._cache: Any = None
        self.tokens: list[int] = []

    @property
    def captured(self) -> bool:
        """Whether the step for one token is replayed from a captured graph."""
        return self._fixed is not None and self._fixed.captured

    def keep_common(self, ids: list[int], room: int, most: int) -> int:
        """Cut back to what it has in common with `ids`, whose last token is read anew. Returns the tokens kept.

        `room` tokens may follow; prompts and answers have at most `most`.
        """
        from transformers.cache_utils import DynamicCache, DynamicLayer

        common = 0
        for held, token in zip(self.tokens, ids[:-1], strict=False):
            if held != token:
                break
            common += 1
        if self._can_be_fixed:
            return self._keep_fixed(common, len(ids) + room, most)
        can_be_cut = self._cache is not None and all(type(layer) is DynamicLayer for layer in self._cache.layers)
        if not common or not can_be_cut:  # a window that slides, or a state, cannot be turned back
            self._cache, self.tokens = DynamicCache(config=self._model.config), []
            return 0
        if len(self.tokens) > common:
            self._cache.crop(common - len(self.tokens))
        del self.tokens[common:]
        return common

    def _keep_fixed(self, common: int, needed: int, most: int) -> int:
        if self._fixed is None or self._fixed.length < needed:
            self._fixed, self.tokens = None, []  # the memory is given back before more is taken
            self._fixed = FixedCache(self._model, self._device, fixed_length(needed, most), self.argument, self.last_only)
            return 0
        del self.tokens[common:]
        return common

    def read_prompt(self, ids: list[int], stop: Event) -> Scores | None:
        """Read in blocks that each take a moment; `None` where it was stopped meanwhile, else as `read`."""
        block, scores = _FIRST_BLOCK, None
        while ids:
            if stop.is_set():
                return None
            began = time.perf_counter()
            scores = self.read(ids[:block])
            ids = ids[block:]
            pace = _BLOCK_S / max(time.perf_counter() - began, 1e-6)
            block = max(8, min(int(block * pace), 4 * block, 4096))
        return scores

    def read(self, ids: list[int]) -> Scores:
        """Read on; returns the scores of what may come next."""
        import torch

        if self._fixed is not None:
            logits = self._fixed.read(ids, len(self.tokens))
        else:
            batch = torch.tensor([ids], device=self._device)
            out = self._model(input_ids=batch, use_cache=True, **{self.argument: self._cache}, **self.last_only)
            logits = out.logits[0, -1].float()
        scores: Scores = logits.cpu().numpy().copy()
        self.tokens += ids
        return scores

    def forget(self) -> None:
        """Hold nothing, neither keys and values nor a captured step: weights may change now."""
        self._cache, self._fixed, self.tokens = None, None, []
