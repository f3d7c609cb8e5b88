"""Ctrl-C: the first stops the work at hand in good order, a second one leaves at once."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

from .errors import Interrupted


@contextlib.contextmanager
def stop_flag() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C; a second one raises `KeyboardInterrupt`. For work that looks at a flag."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def press(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def stoppable(stop: Callable[[], object]) -> Iterator[None]:
    """The first Ctrl-C calls `stop`; a second cancels the running task. For work on an event loop.

    Raises:
        Interrupted: it was the second one that ended the work.
    """
    import asyncio  # here and not above: a fifth of the time that `--help` takes

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    presses = 0

    def press() -> None:
        nonlocal presses
        presses += 1
        if presses > 1 and task is not None:
            task.cancel()
        stop()

    try:
        loop.add_signal_handler(signal.SIGINT, press)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread: plain KeyboardInterrupt
        yield
        return
    try:
        yield
    except asyncio.CancelledError as error:
        if presses > 1:
            raise Interrupted from error
        raise
    finally:
        loop.remove_signal_handler(signal.SIGINT)
