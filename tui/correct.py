"""The editor in which a person writes what the answer should have been."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ..text import safe
from .prompt import Prompt


class CorrectScreen(ModalScreen[str | None]):
    """Returns the correction, or `None` where the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, question: str, short: str) -> None:
        super().__init__()
        self._question = question
        self._short = short

    def compose(self) -> ComposeResult:
        with Vertical(id="correction"):
            yield Static(Text(safe(self._question)), classes="question")
            yield Static("What should the answer have been?  Enter saves, Ctrl-J breaks the line, Esc goes back.")
            yield Prompt("The right answer", id="correction-text")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.text = self._short
        prompt.select_all()
        prompt.focus()

    def on_prompt_sent(self, message: Prompt.Sent) -> None:
        message.stop()
        self.dismiss(message.text.strip())
