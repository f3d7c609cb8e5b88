"""What the application has to tell a person, as callbacks: it knows neither console nor screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _unheard(text: str) -> None:
    """Nobody listens."""


def _unwatched(label: str, done: int, total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Called from any thread. `confirm` puts a question to the person; `None` where nobody is there to answer it."""

    announce: Callable[[str], None] = _unheard
    warn: Callable[[str], None] = _unheard
    progress: Callable[[str, int, int | None], None] = _unwatched  # of a download: label, bytes done, bytes in all
    confirm: Callable[[str], bool] | None = None
