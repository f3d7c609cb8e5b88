"""A few parsing processes, each served by a thread: started when there is something for them, replaced when they end."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Self

from ..pages import Response, fetch_raw, interpret
from ..parsers import Unreadable
from ..parsers.attached import ALL
from .process import ParsingProcess, Stopped
from .tasks import Bounds, Outcome, Page, Task

_MOST_PROCESSES = 4  # parsing is far quicker than embedding; a second one goes on while the first is held up
_FAREWELL_S = 1.0
_MOST_LEFT_OUT = 2  # documents within another, before all of them are
_EACH = 8  # documents waiting, for which another process pays
log = logging.getLogger(__name__)


class Pending:
    """A document that was handed in: how far it is, and what became of it."""

    def __init__(self, task: Task, address: str | None) -> None:
        self.task = task
        self.address = address
        self.page: Page | None = None
        self.future: Future[Outcome] = Future()

    def see_page(self, page: Page) -> None:
        self.page = page


class ParsingPool:
    """Use it as a context manager: at the end, what is still being parsed is ended at once."""

    def __init__(self, bounds: Bounds, most_processes: int | None = None) -> None:
        self._bounds = bounds
        self._most = most_processes or min(_MOST_PROCESSES, max(2, (os.cpu_count() or 1) // 2))
        self._waiting: queue.Queue[Pending | None] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def submit(self, task: Task, address: str | None = None) -> Pending:
        """Have `task` done, in whatever process is free; `address`: what is to be fetched for it first."""
        pending = Pending(task, address)
        self._waiting.put(pending)
        if len(self._threads) < self._most and self._waiting.qsize() > _EACH * len(self._threads):
            thread = threading.Thread(target=self._serve, name="parsing", daemon=True)
            self._threads.append(thread)
            thread.start()
        return pending

    def close(self) -> None:
        """End all processes. What was not done is cancelled."""
        self._closing.set()
        for _ in self._threads:
            self._waiting.put(None)
        until = time.monotonic() + _FAREWELL_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))  # it may be in the middle of a request

    def _serve(self) -> None:
        process: ParsingProcess | None = None
        try:
            while (pending := self._waiting.get()) is not None:
                try:
                    if self._closing.is_set():
                        raise Stopped
                    task = pending.task
                    if pending.address is not None:
                        response = fetch_raw(pending.address, task.max_bytes, task.validators)
                        if response.is_same:
                            pending.future.set_result(Outcome(sha256=task.unless, validators=response.validators))
                            continue
                        task = _with_content(task, response)
                    while True:
                        if process is None or not process.usable:
                            process = self._replaced(process)
                        outcome = process.perform(task, pending.see_page, self._closing.is_set)
                        if not outcome.part or len(task.without) > _MOST_LEFT_OUT:
                            break
                        task = _without(task, outcome)
                    pending.future.set_result(replace(outcome, validators=task.validators))
                except Stopped:
                    pending.future.cancel()
                except Unreadable as error:
                    pending.future.set_result(Outcome(error=str(error)))
                except Exception as error:  # an edge: whoever waits for it must hear of it
                    log.warning("%s could not be parsed", pending.task.source, exc_info=True)
                    pending.future.set_result(Outcome(error=f"its parser could not be run: {error}"))
        finally:
            if process is not None:
                process.kill()

    def _replaced(self, process: ParsingProcess | None) -> ParsingProcess:
        if process is not None:
            process.kill()
        return ParsingProcess(self._bounds)


def _with_content(task: Task, response: Response) -> Task:
    """The task with what an address gave."""
    content, kind = interpret(response)
    return replace(task, content=content, media_type=kind.media_type, validators=response.validators)


def _without(task: Task, outcome: Outcome) -> Task:
    """The task again, without the document within of which its parser died."""
    part = outcome.part if len(task.without) < _MOST_LEFT_OUT else ALL
    return replace(task, without=(*task.without, (part, outcome.error)))
