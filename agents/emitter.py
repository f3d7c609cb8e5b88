"""Where the events of one question go on their way to the face, and what they add up to."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..text import safe
from .events import DraftDropped, Event, Token, Warned


class Emitter:
    """Passes events on. It knows what is on screen of the draft, what the person was warned of, and how long it took."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._began = time.perf_counter()
        self._pieces: list[str] = []
        self.warnings: list[str] = []

    def __call__(self, event: Event) -> None:
        match event:
            case Token(text=text):
                self._pieces.append(text)
            case DraftDropped():
                self._pieces.clear()
            case Warned(message=message):
                self.warnings.append(message)
        self._send(event)

    @property
    def partial(self) -> str:
        """What stands on screen of the draft."""
        return safe("".join(self._pieces))

    def elapsed_s(self) -> float:
        """Since the question was asked."""
        return time.perf_counter() - self._began
