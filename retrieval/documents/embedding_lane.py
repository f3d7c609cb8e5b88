"""Texts embedded by a thread of its own, so that reading, cutting and writing go on meanwhile."""

from __future__ import annotations

import atexit
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar
from weakref import WeakSet

import numpy as np

from ..embedders import Embedder, stopped_by, usable_cores
from ..types import Vectors

_SLICE = 64  # texts a core that are handed to the embedder at once: how soon a stop is heard, and memory for their tokens

_FAREWELL_S = 1.0  # for the text at hand
_LAST_FAREWELL_S = 10.0  # as the interpreter ends, for embedders that cannot be stopped within a slice

T = TypeVar("T")
_threads: WeakSet[threading.Thread] = WeakSet()
Texts = Callable[[slice], Sequence[str]]
"""The texts from one to another; they are made only when they are embedded."""


class EmbeddingLane:
    """First come, first embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._slice = _SLICE * usable_cores()
        self._waiting: queue.SimpleQueue[tuple[Texts, int, Future[Vectors]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.embedded = 0  # texts so far

    def submit(self, texts: Texts, number: int) -> Future[Vectors]:
        """The vectors, (n, d), of the first `number` of `texts`."""
        future: Future[Vectors] = Future()
        self._waiting.put((texts, number, future))
        if self._thread is None:
            self._thread = _start(self._serve)
        return future

    def close(self) -> None:
        """End it after the text at hand; where the embedder does not allow that, after its slice, for which nobody waits."""
        self._closed = True
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(_FAREWELL_S)

    def _serve(self) -> None:
        with stopped_by(lambda: self._closed):
            self._embed_all()

    def _embed_all(self) -> None:
        while (task := self._waiting.get()) is not None:
            texts, number, future = task
            try:
                rows = [self._embed(texts, at, min(at + self._slice, number)) for at in range(0, number, self._slice)]
            except _Closed:
                future.cancel()
                return
            except BaseException as error:  # it comes out where the vectors are waited for
                future.set_exception(error)
            else:
                future.set_result(np.concatenate(rows) if rows else self._embedder.embed_documents([]))

    def _embed(self, texts: Texts, first: int, last: int) -> Vectors:
        if self._closed:
            raise _Closed
        rows = self._embedder.embed_documents(texts(slice(first, last)))
        self.embedded += last - first
        return rows


def in_thread(work: Callable[[], T]) -> Future[T]:
    """What `work` gives, or raises, in a thread of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    _start(run)
    return future


def _start(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name="embedding", daemon=True)
    _threads.add(thread)
    thread.start()
    return thread


@atexit.register
def _await_native_code() -> None:
    """The interpreter ends daemon threads where they stand; one that stands in C++ or Rust would abort the process."""
    until = time.monotonic() + _LAST_FAREWELL_S
    for thread in list(_threads):
        thread.join(max(0.0, until - time.monotonic()))


class _Closed(Exception):
    pass
