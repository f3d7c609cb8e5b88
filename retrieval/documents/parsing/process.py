"""A parsing process as its parent sees it: asked for one document at a time, and ended where it goes beyond its bounds."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

from ....processes import isolated_environment, python_command
from .tasks import MOST_TIMES, Bounds, Messages, Outcome, Page, Task, encode, too_much_memory, too_much_time

_LOOK_S = 0.05  # how often time, memory and the person's wish are looked at
_PIECE = 1 << 20
_START_S = 60.0  # for Python to begin, on a busy machine
_NEARLY_ALL = 0.5  # of the memory allowed; who ends natively with that much in hand ended for want of more


class Stopped(Exception):
    """The document is no longer wanted; the process is gone."""


class ParsingProcess:
    """Ends with the thread that started it, where the system can see to that."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        words = (str(os.getpid()), str(bounds.seconds), str(bounds.memory_bytes))
        self._process = subprocess.Popen(
            python_command("-m", "ayllu.retrieval.documents.parsing.worker", *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=isolated_environment(),
            start_new_session=True,  # Ctrl-C is for the parent; what a parser starts ends with it
        )
        self._memory = psutil.Process(self._process.pid)
        self.usable = True

    def perform(self, task: Task, on_page: Callable[[Page], None], should_stop: Callable[[], bool]) -> Outcome:
        """Wait for what becomes of `task`. Whatever goes wrong with it is in the outcome.

        Raises:
            Stopped: `should_stop` said so first.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # Popen was asked for both
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone: its end says more
            stdin.write(encode(task))
            stdin.flush()
        watch = _Watch(self._bounds)
        messages = Messages()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                if should_stop():
                    self.kill()
                    raise Stopped
                if selector.select(_LOOK_S):
                    piece = os.read(stdout.fileno(), _PIECE)
                    if not piece:
                        return self._ended(watch)
                    for message in messages.add(piece):
                        if isinstance(message, Outcome):
                            self.usable = not message.last
                            return replace(message, part=watch.part) if message.error and message.last else message
                        watch.see_sign(message)
                        on_page(message)
                if (error := watch.look(self._held_bytes())) is not None:
                    self.kill()
                    return Outcome(error=error, part=watch.part)

    def kill(self) -> None:
        """End it at once, with all that it started."""
        self.usable = False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()

    def _ended(self, watch: _Watch) -> Outcome:
        self.kill()
        code = self._process.returncode
        error = f"its parser crashed ({signal.Signals(-code).name if code < 0 else f'it ended with {code}'})"
        if watch.held_bytes > _NEARLY_ALL * self._bounds.memory_bytes:
            error = too_much_memory(self._bounds.memory_bytes)
        elif code == -signal.SIGALRM:
            error = too_much_time(self._bounds.seconds, watch.page)
        return Outcome(error=error, part=watch.part)

    def _held_bytes(self) -> int:
        try:
            return int(self._memory.memory_info().rss)
        except psutil.Error:
            return 0


class _Watch:
    """How long one document has taken, and how much memory."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._began = self._sign = time.monotonic() + _START_S  # until it says that it has begun
        self.page: Page | None = None
        self.part = ""
        self.held_bytes = 0

    def see_sign(self, page: Page) -> None:
        self._sign = time.monotonic()
        self.part = page.part
        if page.total:
            self.page = page
        elif not page.done:
            self._began = self._sign

    def look(self, held_bytes: int) -> str | None:
        """What is beyond its bounds, in words."""
        now, seconds = time.monotonic(), self._bounds.seconds
        self.held_bytes = max(self.held_bytes, held_bytes)
        if held_bytes > self._bounds.memory_bytes:
            return too_much_memory(self._bounds.memory_bytes)
        if now - self._began > MOST_TIMES * seconds:
            return too_much_time(MOST_TIMES * seconds, self.page)
        return too_much_time(seconds, self.page) if now - self._sign > seconds else None
