"""Calls to the worker that outlive it: it is started before a call, and once more where it dies before a first word.

A native crash costs the worker, not the chat: what was asked fails with `again=True` where it cannot be repeated unseen.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import httpx
from autogen_core.models import CreateResult, ModelInfo

from ..base import Completion, Piece, RawRequest
from ..errors import BackendFailed, BackendUnreachable
from ..openai.client import OpenAIClient
from .completion import LlamaCppRaw

_T = TypeVar("_T")
WHERE = "the embedded llama.cpp"
log = logging.getLogger(__name__)


class Workers(Protocol):
    """Who keeps a worker running."""

    async def http(self) -> httpx.AsyncClient:
        """A client of the running worker, started or restarted where there is none."""
        ...

    async def died(self) -> bool:
        """Whether the worker is gone."""
        ...

    def place(self) -> AbstractContextManager[Mapping[str, Any]]:
        """What a request adds to its body to be answered by the right adapter, held while it runs."""
        ...

    @property
    def tools(self) -> bool:
        """Whether the model calls functions."""
        ...


class RestartingClient(OpenAIClient):
    """The chat client of the worker."""

    def __init__(self, workers: Workers, *, model: str, timeout_s: float, context: int) -> None:
        super().__init__(
            where=WHERE,
            model=model,
            base_url="http://127.0.0.1:9",  # nothing listens there; each call goes to the worker's own address
            api_key="unset",
            timeout_s=timeout_s,
            context=context,
            function_calling=False,  # until the model is there: see `model_info`
        )
        self._workers = workers

    @property
    def model_info(self) -> ModelInfo:
        return {**super().model_info, "function_calling": self._workers.tools}

    async def create(self, *args: Any, extra_create_args: Mapping[str, Any] = {}, **kwargs: Any) -> CreateResult:
        async def ask() -> CreateResult:
            await self._reach()
            with self._workers.place() as more:
                extra = _with(extra_create_args, more)
                return await super(RestartingClient, self).create(*args, extra_create_args=extra, **kwargs)

        return await _once_more(self._workers, ask)

    async def create_stream(
        self, *args: Any, extra_create_args: Mapping[str, Any] = {}, **kwargs: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for last_try in (False, True):
            await self._reach()
            shown = False
            with self._workers.place() as more:
                stream = super().create_stream(*args, extra_create_args=_with(extra_create_args, more), **kwargs)
                try:
                    async for piece in stream:
                        shown = True
                        yield piece
                    return
                except (BackendUnreachable, BackendFailed) as error:
                    if not await self._workers.died():
                        raise
                    if shown or last_try:
                        raise _crashed(again=shown) from error
                finally:
                    await stream.aclose()

    async def _reach(self) -> None:
        http = await self._workers.http()
        self._client.base_url = f"{str(http.base_url).rstrip('/')}/v1/"
        self._client.api_key = http.headers["Authorization"].removeprefix("Bearer ")


class RestartingRaw:
    """Raw completion on the worker, with the same promise."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def complete(self, request: RawRequest) -> Completion:
        async def ask() -> Completion:
            http = await self._workers.http()
            with self._workers.place() as more:
                return await LlamaCppRaw(http, WHERE, more).complete(request)

        return await _once_more(self._workers, ask)

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        async def ask() -> Sequence[Piece]:
            return await LlamaCppRaw(await self._workers.http(), WHERE).tokenize(text, special=special)

        return await _once_more(self._workers, ask)


async def _once_more(workers: Workers, ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask; where the worker died of it, or before it, ask a new one. Nothing has been shown, so nobody sees a seam."""
    await workers.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed):
        if not await workers.died():
            raise
        log.warning("the llama.cpp worker died; asking a new one", exc_info=True)
    await workers.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed) as error:
        if await workers.died():
            raise _crashed(again=False) from error
        raise


def _with(extra: Mapping[str, Any], more: Mapping[str, Any]) -> Mapping[str, Any]:
    """AutoGen hands on what it does not know only in `extra_body`."""
    return {**extra, "extra_body": {**(extra.get("extra_body") or {}), **more}} if more else extra


def _crashed(*, again: bool) -> BackendUnreachable:
    return BackendUnreachable(
        "The embedded llama.cpp crashed while it was answering.",
        hint="Ask again; if it goes on, try a smaller `context` or another model.",
        again=again,
    )
