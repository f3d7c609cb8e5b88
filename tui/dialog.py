"""What stands over the chat until it is answered: typed by what it returns, and left by Escape with nothing."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Outcome = TypeVar("Outcome")


class Dialog(ModalScreen[Outcome | None]):
    """Base of all dialogs."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="back", tooltip="Leave without a change")]

    def keeps_open(self) -> str:
        """What would be lost if the program ended now, in words for the person who wants that; told once."""
        return ""

    def action_back(self) -> None:
        """Escape, and Ctrl-C where nothing is selected."""
        self.dismiss(None)
