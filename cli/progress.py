"""How far a long job is: a bar on a terminal, an occasional plain line anywhere else. Always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, TextIO

from ..text import one_line, size

_EVERY_S = 10.0
_LABEL_WIDTH = 48


class ProgressBar:
    """Called with (label, done, total or None), from any thread. Draws nothing until the first call."""

    def __init__(
        self,
        unit: Literal["bytes", "items"] = "items",
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit = unit
        self._stream = stream or sys.stderr
        self._clock = clock
        self._said = clock()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __call__(self, label: str, done: int, total: int | None) -> None:
        if self._stream.isatty():
            self._draw(one_line(label, _LABEL_WIDTH), done, total)
        elif self._clock() - self._said >= _EVERY_S:
            self._said = self._clock()
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

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                DownloadColumn() if self._unit == "bytes" else MofNCompleteColumn(),
                console=Console(file=self._stream, markup=False, highlight=False, emoji=False),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(label, total=total)
        self._bar.update(self._task, description=label, completed=done, total=total)

    def _line(self, label: str, done: int, total: int | None) -> str:
        show = size if self._unit == "bytes" else str
        of = f" of {show(total)}" if total else ""
        return f"{one_line(label)}: {show(done)}{of}"
