"""All keys and slash commands on one screen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from .dialog import Dialog
from .keys import KEYS

_KEY_WIDTH = 9
_NOTE = "What you say of answers stays on this machine. Up, Down, PgUp, PgDn scroll this; Esc goes back."


class HelpScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,enter", "back", "Back", id="help-back", tooltip="Back to the chat")]

    def compose(self) -> ComposeResult:
        groups = list(dict.fromkeys(key.group for key in KEYS))
        middle = len(groups) // 2
        with VerticalScroll(id="help"):
            yield Static(Text(_NOTE, style="dim"), markup=False)
            with Horizontal(id="help-columns"):
                yield Static(_lines(groups[:middle]), classes="column", markup=False)
                yield Static(_lines(groups[middle:]), classes="column", markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def _lines(groups: list[str]) -> Text:
    lines = Text()
    for group in groups:
        lines.append(f"{group}\n", style="bold")
        for key in (key for key in KEYS if key.group == group):
            lines.append(f"{key.key.replace('page', 'pg'):>{_KEY_WIDTH}}  ", style="bold")
            lines.append(key.words)
            lines.append(f" (/{key.slash})\n" if key.slash else "\n", style="dim")
    return lines
