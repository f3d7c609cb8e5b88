"""All work on a model in this process is done by one thread: one answer at a time, or those that wait in one batch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from autogen_core import CancellationToken

from ...errors import AylluError
from .generation import Generation, GenerationRequest

if TYPE_CHECKING:
    from .engine import Engine

log = logging.getLogger(__name__)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """An answer that is waited for."""

    engine: Engine
    request: GenerationRequest
    on_piece: Callable[[str], None]
    stop: Event
    done: Future[Generation] = field(default_factory=Future)


class ModelThread:
    """The thread, started when there is work, and the answers under way.

    As many as `batch` answers that wait are written at once; those that a grammar holds are written alone.
    """

    def __init__(self, batch: int = 1) -> None:
        self.batch = batch
        self._thread: ThreadPoolExecutor | None = None
        self._stops: set[Event] = set()  # of the answers under way
        self._queue: list[_Waiting] = []  # oldest first
        self._queue_lock = Lock()  # the event loop appends, the thread takes

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
        waiting = _Waiting(engine, request, on_piece, stop)
        with self._queue_lock:
            self._queue.append(waiting)
        job = asyncio.ensure_future(self._written(waiting))
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

    async def _written(self, waiting: _Waiting) -> Generation:
        await self.run(self._write_next)  # this answer, or one that waited longer; then another turn has written this one
        return await asyncio.wrap_future(waiting.done)

    def _write_next(self) -> None:
        """Write the answer that has waited longest, and with it those that can be."""
        batch = self._take_batch()
        if len(batch) > 1 and _write_together(batch):
            return
        for waiting in batch:
            _write_alone(waiting)

    def _take_batch(self) -> list[_Waiting]:
        with self._queue_lock:
            if not self._queue:
                return []
            first, *others = self._queue
            batch = [first]
            if first.request.grammar is None:
                fitting = [each for each in others if each.engine is first.engine and each.request.grammar is None]
                batch += fitting[: self.batch - 1]
            self._queue = [each for each in self._queue if each not in batch]
        return batch

    def stop_answers(self) -> None:
        for stop in self._stops:
            stop.set()

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown)


def _write_together(batch: Sequence[_Waiting]) -> bool:
    """Whether they are done with; if not, memory did not suffice for so many, or a prompt among them is at fault."""
    begun = False

    def streaming(waiting: _Waiting) -> Callable[[str], None]:
        def stream(piece: str) -> None:
            nonlocal begun
            begun = True
            waiting.on_piece(piece)

        return stream

    requests, stops = [each.request for each in batch], [each.stop for each in batch]
    try:
        generations = batch[0].engine.generate_all(requests, [streaming(each) for each in batch], stops)
    except BaseException as error:  # to be raised where it is waited for
        if not begun and isinstance(error, AylluError):
            log.info("%d answers could not be written at once; they are written singly", len(batch), exc_info=True)
            return False
        for waiting in batch:
            waiting.done.set_exception(error)
        return True
    for waiting, generation in zip(batch, generations, strict=True):
        waiting.done.set_result(generation)
    return True


def _write_alone(waiting: _Waiting) -> None:
    try:
        waiting.done.set_result(waiting.engine.generate(waiting.request, waiting.on_piece, waiting.stop))
    except BaseException as error:  # to be raised where it is waited for
        waiting.done.set_exception(error)


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
