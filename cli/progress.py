"""How far a long job is, and the time left: a bar on a terminal, an occasional plain line elsewhere. Always on stderr."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Literal, TextIO

from ..text import one_line, size

_EVERY_S = 10.0
_LABEL_WIDTH = 64


class ProgressBar:
    """Called with (label, done, total or None), from any thread. Draws nothing until the first call."""

    def __init__(
        self,
        unit: Literal["bytes", "items", "share"] = "items",
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit = unit
        self._stream = stream or sys.stderr
        self._clock = clock
        self._printed_at = clock()
        self._first = (self._printed_at, 0)  # when this part of the job began, and how far it was then
        self._last: tuple[int, int | None] = (0, -1)  # done, total
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __call__(self, label: str, done: int, total: int | None) -> None:
        now = self._clock()
        if total != self._last[1] or done < self._last[0]:
            self._first = (now, done)
        self._last = (done, total)
        if self._stream.isatty():
            self._draw(one_line(label, _LABEL_WIDTH), done, total)
        elif now - self._printed_at >= _EVERY_S:
            self._printed_at = now
            with contextlib.suppress(OSError):  # words beside the result: where they cannot go, the work goes on
                print(self._line(label, done, total), file=self._stream, flush=True)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def _draw(self, label: str, done: int, total: int | None) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn

            columns = {
                "bytes": DownloadColumn(),
                "items": MofNCompleteColumn(),
                "share": TextColumn("{task.percentage:>3.0f} %", markup=False),
            }
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                columns[self._unit],
                TextColumn("{task.fields[left]}", markup=False),
                console=Console(file=self._stream, markup=False, highlight=False, emoji=False),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(label, total=total, left="")
        self._bar.update(self._task, description=label, completed=done, total=total, left=self._left(done, total))

    def _line(self, label: str, done: int, total: int | None) -> str:
        left = self._left(done, total)
        if self._unit == "share" and total:
            return f"{one_line(label)}: {done / total:.0%}{f', {left}' if left else ''}"
        show = size if self._unit == "bytes" else str
        of = f" of {show(total)}" if total else ""
        return f"{one_line(label)}: {show(done)}{of}{f', {left}' if left else ''}"

    def _left(self, done: int, total: int | None) -> str:
        """The time left at the pace so far, `1:05 left`; empty where nothing can be said yet."""
        began, first = self._first
        elapsed = self._clock() - began
        if not total or done <= first or elapsed < 1:
            return ""
        return f"{timedelta(seconds=round(elapsed * (total - done) / (done - first)))} left".removeprefix("0:")
