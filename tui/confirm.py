"""A question to be answered by yes or no; whoever works in a thread waits for `answered`."""

from __future__ import annotations

from concurrent.futures import Future
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from ..text import safe
from .dialog import Dialog


class ConfirmScreen(Dialog[bool]):
    """`answered` gets the person's word; the program's end is a no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes", id="yes", tooltip="Do it"),
        Binding("n", "answer(False)", "No", id="no", tooltip="Leave it"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self.answered: Future[bool] = Future()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(id="confirmation"):
            with VerticalScroll():
                yield Static(Text(safe(self._question)))
            yield Static("Enter or y: yes.  Esc or n: no.", id="confirmation-keys")

    def on_unmount(self) -> None:
        if not self.answered.done():
            self.answered.set_result(False)

    def action_back(self) -> None:
        self.action_answer(False)

    def action_answer(self, yes: bool) -> None:
        if not self.answered.done():  # a second press may come before the screen is gone
            self.answered.set_result(yes)
            self.dismiss(yes)
