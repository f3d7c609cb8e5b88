"""Several adapters on one loaded model: each has slots of its own, and a request says which adapter answers it.

What a slot has cached under one adapter is wrong for another, and llama.cpp reuses it all the same where a prompt begins
like the one before (its issue 26207): so no slot ever answers for more than one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...errors import UsageError


class AdapterSlots:
    """Who answers on which slots. `adapters` are the ids held, `None` being the untuned model; `slots` is for each of them.

    The worker has to be started with `loras` in their order, and with `count` slots.
    """

    def __init__(self, adapters: Sequence[str | None], slots: int) -> None:
        self._adapters = tuple(adapters)
        self._slots = slots
        self._requests = [0] * self.count  # that each slot is answering
        self.loras = tuple(adapter for adapter in self._adapters if adapter is not None)

    @property
    def count(self) -> int:
        return len(self._adapters) * self._slots

    @property
    def several(self) -> bool:
        return len(self._adapters) > 1

    @property
    def idle(self) -> bool:
        return not any(self._requests)

    @contextmanager
    def reserve(self, adapter: str | None) -> Iterator[Mapping[str, Any]]:
        """What a request's body adds for `adapter` to answer; its slot counts as busy until this is left.

        Raises:
            UsageError: that adapter is not held.
        """
        if adapter not in self._adapters:
            raise UsageError(
                f"{f'The adapter {adapter}' if adapter is not None else 'The untuned model'} is not loaded.",
                hint=f'Add "{adapter or "none"}" to `adapters` of the llamacpp backend.',
            )
        first = self._adapters.index(adapter) * self._slots
        slot = min(range(first, first + self._slots), key=lambda at: self._requests[at])
        # all of them are named: one left out, or an empty list, gets the scale the worker was started with
        scales = [{"id": at, "scale": float(lora == adapter)} for at, lora in enumerate(self.loras)]
        self._requests[slot] += 1
        try:
            yield {"lora": scales, "id_slot": slot} if self.several else {}
        finally:
            self._requests[slot] -= 1
