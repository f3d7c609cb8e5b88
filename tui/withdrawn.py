"""What is no part of an answer, folded away: a draft that was taken back, and what the model thought."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..text import count, one_line, safe


class Folded(Vertical):
    """Enter, or a click on the title, unfolds the text; where there is none, there is only the title."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "unfold", "Unfold", id="unfold-draft", tooltip="Show or hide what is folded away")
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__(classes="withdrawn")
        self.title = title
        self.draft = ""
        self._folded = True
        self._title = Static("", classes="reason", markup=False)
        self._text = Static("", classes="draft", markup=False)
        self._set(safe(text).strip())

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._text

    def on_mount(self) -> None:
        self._show()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_unfold()

    def action_unfold(self) -> None:
        self._folded = not self._folded
        self._show()

    def _set(self, text: str) -> None:
        self.draft = text
        self.can_focus = bool(text)

    def _show(self) -> None:
        self._text.display = bool(self.draft) and not self._folded
        if self._text.display:
            self._text.update(Text(self.draft))
        sign = "" if not self.draft else "▶ " if self._folded else "▼ "
        self._title.update(Text(f"{sign}{self.title}"))


class WithdrawnDraft(Folded):
    """A draft that was taken back, under its reason."""

    def __init__(self, reason: str, draft: str) -> None:
        super().__init__(f"Draft withdrawn: {one_line(reason)}", draft)


class ModelThought(Folded):
    """What the model thought aloud before it answered; it grows while the model thinks."""

    def __init__(self, thought: str = "") -> None:
        self._pieces = thought
        super().__init__(_thought_title(thought), thought)

    def add(self, piece: str) -> None:
        self._pieces += piece
        self._set(safe(self._pieces).strip())
        self.title = _thought_title(self._pieces)
        self._show()


def _thought_title(thought: str) -> str:
    return f"The model thought first ({count(len(thought.split()), 'word')})"
