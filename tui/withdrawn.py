"""A draft that was taken back: folded away under its reason, and still there to read."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..text import one_line, safe


class WithdrawnDraft(Vertical):
    """Enter, or a click on the reason, unfolds the draft; where nothing had been written, there is only the reason."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "unfold", "Unfold", id="unfold-draft", tooltip="Show or hide the draft that was taken back")
    ]

    def __init__(self, reason: str, draft: str) -> None:
        super().__init__(classes="withdrawn")
        self.reason = one_line(reason)
        self.draft = safe(draft).strip()
        self.can_focus = bool(self.draft)
        self._title = Static("", classes="reason", markup=False)
        self._text = Static(Text(self.draft), classes="draft", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._text

    def on_mount(self) -> None:
        self._fold(True)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_unfold()

    def action_unfold(self) -> None:
        self._fold(self._text.display)

    def _fold(self, folded: bool) -> None:
        self._text.display = bool(self.draft) and not folded
        sign = "" if not self.draft else "▶ " if folded else "▼ "
        self._title.update(Text(f"{sign}Draft withdrawn: {self.reason}"))
