"""Several adapters on one loaded model: each has slots of its own, and a request says which adapter answers it.

What a slot has cached under one adapter is wrong for another, and llama.cpp reuses it all the same where a prompt begins
like the one before (its issue 26207): so no slot ever answers for two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx
from autogen_core.models import ChatCompletionClient

from ...errors import UsageError
from ..base import Health, RawCompletion
from .tool_calls import RestartingRaw

if TYPE_CHECKING:
    from .backend import LlamaCppBackend


class Places:
    """Who answers on which slots. `adapters` are the ids held, `None` being the untuned model; `slots` is for each of them.

    The worker has to be started with `loras` in their order, and with `count` slots.
    """

    def __init__(self, adapters: Sequence[str | None], slots: int) -> None:
        self._adapters = tuple(adapters)
        self._slots = slots
        self._asked = [0] * self.count  # requests that each slot is answering
        self.loras = tuple(one for one in self._adapters if one is not None)

    @property
    def count(self) -> int:
        return len(self._adapters) * self._slots

    @property
    def several(self) -> bool:
        return len(self._adapters) > 1

    @property
    def idle(self) -> bool:
        return not any(self._asked)

    @contextmanager
    def held(self, adapter: str | None) -> Iterator[Mapping[str, Any]]:
        """What a request's body adds for `adapter` to answer; its slot counts as taken until this is left.

        Raises:
            UsageError: that adapter is not held.
        """
        if adapter not in self._adapters:
            raise UsageError(
                f"{f'The adapter {adapter}' if adapter is not None else 'The untuned model'} is not loaded.",
                hint=f'Add "{adapter or "none"}" to `adapters` of the llamacpp backend.',
            )
        first = self._adapters.index(adapter) * self._slots
        slot = min(range(first, first + self._slots), key=lambda at: self._asked[at])
        # all of them are named: one left out, or an empty list, gets the scale the worker was started with
        scales = [{"id": at, "scale": float(one == adapter)} for at, one in enumerate(self.loras)]
        self._asked[slot] += 1
        try:
            yield {"lora": scales, "id_slot": slot} if self.several else {}
        finally:
            self._asked[slot] -= 1


class AskedAs:
    """The same worker, asked with one of the adapters it holds: see `LlamaCppBackend.asked_as`, and `base.Backend`."""

    kind = "llamacpp"

    def __init__(self, owner: LlamaCppBackend, adapter: str | None) -> None:
        self._owner = owner
        self.adapter = adapter
        self._client = owner.client_for(self)
        self._raw = RestartingRaw(self)

    @property
    def name(self) -> str:
        return self._owner.name

    @property
    def model(self) -> str:
        return self._owner.model

    @property
    def adapter_folder(self) -> Path | None:
        return self._owner.kept(self.adapter)

    @property
    def style(self) -> Literal["span", "prose"]:
        return self._owner.style

    @property
    def client(self) -> ChatCompletionClient:
        return self._client

    @property
    def raw(self) -> RawCompletion | None:
        return self._raw

    async def start(self) -> None:
        await self._owner.start()

    async def health(self) -> Health:
        return replace(await self._owner.health(), adapter=self.adapter)

    async def close(self) -> None:
        """Closes what is its own: the worker belongs to the backend."""
        await self._client.close()

    async def http(self) -> httpx.AsyncClient:
        return await self._owner.http()

    async def died(self) -> bool:
        return await self._owner.died()

    def place(self) -> AbstractContextManager[Mapping[str, Any]]:
        return self._owner.places.held(self.adapter)

    @property
    def tools(self) -> bool:
        return self._owner.tools
