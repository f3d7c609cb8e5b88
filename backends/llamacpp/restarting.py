"""Calls to the worker that outlive it: it is started before a call, and once more where it dies before a first word.

A native crash costs the worker, not the chat: what was asked fails with `again=True` where it cannot be repeated unseen.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import httpx

from ..base import Completion, Piece, RawRequest
from ..errors import BackendFailed, BackendUnreachable
from .completion import LlamaCppCompletion

_T = TypeVar("_T")
WHERE = "the embedded llama.cpp"
log = logging.getLogger(__name__)


class WorkerKeeper(Protocol):
    """Who keeps a worker running."""

    async def http(self) -> httpx.AsyncClient:
        """A client of the running worker, started or restarted where there is none."""
        ...

    async def died(self) -> bool:
        """Whether the worker is gone."""
        ...

    def reserve_slot(self) -> AbstractContextManager[Mapping[str, Any]]:
        """What a request adds to its body to be answered by the right adapter, held while it runs."""
        ...

    @property
    def tools(self) -> bool:
        """Whether the model calls functions."""
        ...

    def remember_writing(self, tokens: int, seconds: float) -> None:
        """An answer of `tokens` was written in `seconds`, the time before the first not counted."""
        ...


class RestartingCompletion:
    """Raw completion on the worker: see `base.RawCompletion`."""

    def __init__(self, keeper: WorkerKeeper) -> None:
        self._keeper = keeper

    async def complete(self, request: RawRequest) -> Completion:
        async def ask() -> Completion:
            http = await self._keeper.http()
            with self._keeper.reserve_slot() as extra:
                completion = await LlamaCppCompletion(http, WHERE, extra).complete(request)
            self._keeper.remember_writing(completion.tokens, completion.writing_s)
            return completion

        return await ask_again_if_died(self._keeper, ask)

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        async def ask() -> Sequence[Piece]:
            return await LlamaCppCompletion(await self._keeper.http(), WHERE).tokenize(text, special=special)

        return await ask_again_if_died(self._keeper, ask)


async def ask_again_if_died(keeper: WorkerKeeper, ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask; where the worker died of it, or before it, ask a new one. Nothing has been shown, so nobody sees a seam."""
    await keeper.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed):
        if not await keeper.died():
            raise
        log.warning("the llama.cpp worker died; asking a new one", exc_info=True)
    await keeper.http()
    try:
        return await ask()
    except (BackendUnreachable, BackendFailed) as error:
        if await keeper.died():
            raise crashed(again=False) from error
        raise


def crashed(*, again: bool) -> BackendUnreachable:
    """`again`: a part of the answer was shown, so that only the person may ask once more."""
    return BackendUnreachable(
        "The embedded llama.cpp crashed while it was answering.",
        hint="Ask again; if it goes on, try a smaller `context` or another model.",
        again=again,
    )
