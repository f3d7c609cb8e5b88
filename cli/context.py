"""What every command works with: the application, where words go, and the flags that all commands take."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from .. import paths
from ..app import Application, Reporter
from .global_flags import GlobalFlags
from .output import Output
from .progress import ProgressBar


class CommandContext:
    """Use it as a context manager: `app` is closed at its end, and the bar of a download taken off the screen."""

    def __init__(self, flags: GlobalFlags, output: Output) -> None:
        self.flags = flags
        self.output = output
        self._bar = ProgressBar("bytes", stream=output.err)
        self.app = Application(paths.find(flags.home), self._reporter())

    def __enter__(self) -> CommandContext:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.app.__exit__(kind, error, trace)
        finally:
            self._bar.close()

    def prepare(self, *, chat: bool = False) -> None:
        """`Application.prepare`, with its bar gone when it is done."""
        try:
            self.app.prepare(chat=chat)
        finally:
            self._bar.close()

    def pull(self, name: str) -> Path:
        """`ModelStore.ensure`, with its bar gone when it is done: a question or the terminal program may follow."""
        try:
            return self.app.models.ensure(name)
        finally:
            self._bar.close()

    def _reporter(self) -> Reporter:
        output = self.output
        return Reporter(
            announce=output.note,
            warn=lambda text: output.note(text, "yellow"),
            progress=self._bar,
            confirm=output.confirm if output.asks else None,
        )
