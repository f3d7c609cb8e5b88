"""Native work on every core: what releases Python's lock runs in as many threads as there are cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable


def usable_cores() -> int:
    """Those that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def run_on_all_cores(work: Callable[[int], None], indices: Iterable[int]) -> None:
    """Call `work` with each of `indices`, in that order, several at a time. The first error ends it and comes out."""
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
