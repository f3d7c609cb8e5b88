"""The same worker, asked with one of the adapters that it holds, whichever is promoted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import httpx
from autogen_core.models import ChatCompletionClient

from ...models import SAFE, Profile
from ..base import Backend, HasProfile, Health, RawCompletion
from .restarting import RestartingCompletion, WorkerKeeper
from .slots import AdapterSlots

if TYPE_CHECKING:
    from .client import LlamaCppClient


class WorkerOwner(Backend, Protocol):
    """The backend that the worker belongs to."""

    @property
    def slots(self) -> AdapterSlots: ...

    @property
    def tools(self) -> bool: ...

    def folder(self, adapter: str | None) -> Path | None: ...

    def client_for(self, keeper: WorkerKeeper) -> LlamaCppClient: ...

    async def http(self) -> httpx.AsyncClient: ...

    async def died(self) -> bool: ...

    def remember_writing(self, tokens: int, seconds: float) -> None: ...


class PinnedBackend:
    """See `LlamaCppBackend.asked_as`, and `base.Backend`."""

    kind = "llamacpp"

    def __init__(self, owner: WorkerOwner, adapter: str | None) -> None:
        self._owner = owner
        self.adapter = adapter
        self._client: LlamaCppClient | None = None
        self._raw = RestartingCompletion(self)

    @property
    def name(self) -> str:
        return self._owner.name

    @property
    def model(self) -> str:
        return self._owner.model

    @property
    def profile(self) -> Profile:
        return self._owner.profile if isinstance(self._owner, HasProfile) else SAFE

    @property
    def profile_key(self) -> str | None:
        return self._owner.profile_key if isinstance(self._owner, HasProfile) else None

    @property
    def adapter_folder(self) -> Path | None:
        return self._owner.folder(self.adapter)

    @property
    def style(self) -> Literal["span", "prose"]:
        return self._owner.style

    @property
    def client(self) -> ChatCompletionClient:
        if self._client is None:
            self._client = self._owner.client_for(self)
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
        if self._client is not None:
            await self._client.close()

    async def http(self) -> httpx.AsyncClient:
        return await self._owner.http()

    async def died(self) -> bool:
        return await self._owner.died()

    def reserve_slot(self) -> AbstractContextManager[Any]:
        return self._owner.slots.reserve(self.adapter)

    @property
    def tools(self) -> bool:
        return self._owner.tools

    def remember_writing(self, tokens: int, seconds: float) -> None:
        self._owner.remember_writing(tokens, seconds)
