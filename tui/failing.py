"""What goes wrong in the terminal program: it goes to the log, and the person reads one sentence with a next step."""

from __future__ import annotations

import logging
from typing import TypeVar

from textual.app import App
from textual.worker import WorkerFailed

from ..errors import AylluError

T = TypeVar("T")
log = logging.getLogger(__name__)


def logged(error: AylluError) -> str:
    """Its words and its next step, for the screen; the log has it from now on."""
    error.log_once(log)
    return f"{error.message} {error.hint}"


class FailingApp(App[T]):
    """Ends at an error that nobody foresaw, which `run_to_end` raises: whoever started it reports it.

    Textual itself would print a traceback with all local values.
    """

    def run_to_end(self, *, headless: bool = False) -> T | None:
        value = self.run(headless=headless)
        if self._exception is not None:
            raise self._exception.error if isinstance(self._exception, WorkerFailed) else self._exception
        return value

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()
