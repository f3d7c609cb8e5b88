"""All keys and slash commands on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from .dialog import Dialog
from .keys import KEYS

_NOTE = "Esc goes back; arrows and PgDn scroll. What you say of answers stays on this machine."


class HelpScreen(Dialog[None]):
    """Two columns, which stand one above the other where the screen is narrow."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,enter", "back", "Back", id="help-back", tooltip="Back to the chat")]
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (70, "-wide")]  # noqa: RUF012 - Textual's own

    def compose(self) -> ComposeResult:
        groups = list(dict.fromkeys(key.group for key in KEYS))
        middle = len(groups) // 2
        with VerticalScroll(id="help"):
            with Widget(id="help-columns"):
                yield Vertical(*_rows(groups[:middle]), classes="column")
                yield Vertical(*_rows(groups[middle:]), classes="column")
            yield Static(f"Typed: {', '.join(f'/{key.slash}' for key in KEYS if key.slash)}.", classes="hint")
            yield Static(_NOTE, classes="hint")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def _rows(groups: Sequence[str]) -> Iterator[Widget]:
    for group in groups:
        yield Static(group, classes="group")
        for key in (key for key in KEYS if key.group == group):
            yield Horizontal(Static(key.key.replace("page", "pg"), classes="key"), Static(key.words), classes="row")
