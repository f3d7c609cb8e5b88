"""The prompt: Enter sends, Ctrl-J breaks the line, Ctrl-D on an empty prompt is the end of the input.

At its edges Up and Down walk through what was asked before, and Home and End scroll what is read on its screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

_DRAFT_S = 0.5


class Prompt(TextArea):
    """A question being typed."""

    @dataclass
    class Sent(Message):
        """The person pressed Enter on some text."""

        text: str

    @dataclass
    class Drafted(Message):
        """The person has typed, and paused."""

        text: str

    class Ended(Message):
        """The person pressed Ctrl-D on an empty prompt."""

    def __init__(self, placeholder: str, id: str | None = None) -> None:
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, placeholder=placeholder, compact=True)
        self._history: list[str] = []
        self._at: int | None = None  # place in the history; None: what is typed now
        self._typed = ""
        self._pause: Timer | None = None

    def set_history(self, history: Sequence[str]) -> None:
        """Set what was asked in earlier runs, oldest first; what this run asked stays after it."""
        self._history = [question for question in history if question not in self._history] + self._history
        self._at = None

    def on_text_area_changed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_DRAFT_S, lambda: self.post_message(self.Drafted(self.text)))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            if self.text.strip():
                self.post_message(self.Sent(self.text))
        elif event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            self.insert("\n")
        elif (event.key == "up" and self.cursor_at_first_line) or (event.key == "down" and self.cursor_at_last_line):
            if self._walk(-1 if event.key == "up" else 1):
                event.stop()
                event.prevent_default()
        elif event.key == "ctrl+d" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.Ended())
        elif event.key == "home" and self.cursor_location == (0, 0):
            await self.run_action("screen.scroll('home')")
        elif event.key == "end" and self.cursor_location == self.document.end:
            await self.run_action("screen.scroll('end')")
        else:
            await super()._on_key(event)

    def take(self) -> str:
        """The text, which leaves the prompt and joins the history."""
        text = self.text.strip()
        self._history = [question for question in self._history if question != text] + [text]
        self.clear_typed()
        return text

    def clear_typed(self) -> None:
        """Empty the prompt, and stand at the end of the history."""
        self._at = None
        self.text = ""

    def give_back(self, text: str) -> None:
        """Put a question back, above whatever was typed meanwhile."""
        self.text = f"{text}\n{self.text}" if self.text.strip() else text
        self.move_cursor(self.document.end)

    def _walk(self, step: int) -> bool:
        """Go `step` along the history; whether there was anywhere to go."""
        if not self._history:
            return False
        at = len(self._history) if self._at is None else self._at
        if self._at is None:
            self._typed = self.text
        at += step
        if not 0 <= at <= len(self._history):
            return False
        self._at = at if at < len(self._history) else None
        self.text = self._typed if self._at is None else self._history[at]
        self.move_cursor(self.document.end)
        return True
