"""Native work on every core: what releases Python's lock runs in as many threads as there are cores."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar

_should_stop: ContextVar[Callable[[], bool] | None] = ContextVar("should_stop", default=None)


class WorkStopped(Exception):
    """The work is no longer wanted."""


@contextlib.contextmanager
def stopped_by(should_stop: Callable[[], bool]) -> Iterator[None]:
    """Work that this thread has done on all cores ends early with `WorkStopped` where `should_stop` says so."""
    token = _should_stop.set(should_stop)
    try:
        yield
    finally:
        _should_stop.reset(token)


def usable_cores() -> int:
    """Those that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def run_on_all_cores(work: Callable[[int], None], indices: Iterable[int]) -> None:
    """Call `work` with each of `indices`, in that order, several at a time. The first error ends it and comes out.

    Raises:
        WorkStopped: see `stopped_by`. No call of `work` goes on then.
    """
    should_stop = _should_stop.get()
    listed = list(indices)
    waiting = iter(listed)
    lock = threading.Lock()
    failures: list[BaseException] = []

    def work_off() -> None:
        while not failures:
            with lock:
                index = next(waiting, None)
            if index is None:
                return
            try:
                if should_stop is not None and should_stop():
                    raise WorkStopped
                work(index)
            except BaseException as error:
                failures.append(error)

    helpers = [threading.Thread(target=work_off, daemon=True) for _ in range(min(usable_cores(), len(listed)) - 1)]
    for helper in helpers:
        helper.start()
    work_off()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
