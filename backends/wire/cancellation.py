"""Work for one question that its cancellation token ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from autogen_core import CancellationToken

T = TypeVar("T")


class Stoppable:
    """Awaits one piece of work after another. AutoGen's own `link_future` would keep a callback for each of them."""

    def __init__(self, token: CancellationToken | None) -> None:
        self._token = token or CancellationToken()
        self._running: asyncio.Future[Any] | None = None
        self._token.add_callback(self._stop)

    async def __call__(self, work: Awaitable[T]) -> T:
        """What `work` gives.

        Raises:
            asyncio.CancelledError: the token was cancelled, before or meanwhile.
        """
        self._running = task = asyncio.ensure_future(work)
        if self._token.is_cancelled():
            task.cancel()
        return await task

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
