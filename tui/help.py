"""All keys on one screen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from .keys import KEYS


class HelpScreen(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,enter", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        lines = Text("Keys\n\n", style="bold")
        for key in KEYS:
            lines.append(f"{key.key:>8}  ", style="bold")
            lines.append(f"{key.words}\n", style="not bold")
        lines.append("\nRatings and corrections stay on this machine and teach the next adapter.", style="dim not bold")
        with VerticalScroll(id="help"):
            yield Static(lines)
