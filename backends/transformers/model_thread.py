"""All work on a model in this process is done by one thread: one answer is written at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Protocol, TypeVar

from autogen_core import CancellationToken

from .generation import Generation, GenerationRequest

if TYPE_CHECKING:
    from .engine import Engine

_T = TypeVar("_T")


class ModelThread:
    """The thread, started when there is work, and the answers under way."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._stops: set[Event] = set()  # of the answers under way

    async def run(self, work: Callable[[], _T]) -> _T:
        """Run `work` after what the thread is doing."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def generate(
        self, engine: Engine, request: GenerationRequest, token: CancellationToken | None = None
    ) -> AsyncGenerator[str | Generation, None]:
        """The pieces of an answer as they come, then all of it. Leaving it early, or the token, stops the model.

        Raises:
            AylluError: what `Engine.generate` raises.
        """
        loop, stop = asyncio.get_running_loop(), Event()
        pieces: asyncio.Queue[str | None] = asyncio.Queue()

        def on_piece(piece: str | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        def cancel() -> None:
            stop.set()
            on_piece(None)

        if token is not None:
            token.add_callback(cancel)
        self._stops.add(stop)
        job = asyncio.ensure_future(self.run(lambda: engine.generate(request, on_piece, stop)))
        job.add_done_callback(lambda done: pieces.put_nowait(None))
        try:
            while not stop.is_set() and (piece := await pieces.get()) is not None:
                if not stop.is_set():
                    yield piece
            if stop.is_set():
                raise asyncio.CancelledError
            yield await job
        finally:
            stop.set()
            self._stops.discard(stop)
            job.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks any more

    def stop_answers(self) -> None:
        for stop in self._stops:
            stop.set()

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown)


class EngineOwner(Protocol):
    """Who loads a model and keeps it: see `TransformersBackend`."""

    @property
    def thread(self) -> ModelThread: ...

    @property
    def loaded(self) -> Engine | None:
        """The model, once it is loaded."""
        ...

    @property
    def context(self) -> int: ...

    @property
    def tools(self) -> bool | None:
        """Whether the model calls functions, where the settings say it."""
        ...

    async def engine(self) -> Engine:
        """The model, loaded first where it is not."""
        ...
