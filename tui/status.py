"""The two lines that say where the person is: who answers from what, and what is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from ..errors import AylluError
from ..text import one_line
from .failing import logged

if TYPE_CHECKING:
    from ..app import Chat


class StatusLine(Static):
    """At the top: the model, its backend and the collections."""

    def __init__(self, id: str) -> None:
        super().__init__("ayllu", id=id, markup=False)
        self._line = "ayllu"
        self._note = ""

    def show(self, chat: Chat) -> None:
        backend = chat.application.backend
        small = " (small embedded model)" if backend.style == "span" else ""
        noun = "collections" if len(chat.collections) > 1 else "collection"
        documents = "sample documents" if chat.sample else f"{noun} {', '.join(chat.collections)}"
        self._line = f"ayllu  ·  {backend.model}{small}  ·  {backend.name}  ·  {documents}"
        self.add(self._note)

    def add(self, note: str) -> None:
        """What goes on beside the chat, behind all that; empty takes it away."""
        self._note = note
        self.update(Text(one_line(f"{self._line}  ·  {note}" if note else self._line)))


class ActivityLine(Static):
    """Above the prompt: what is being done at this moment, or what came of it; empty while nothing is."""

    def __init__(self, id: str) -> None:
        super().__init__("", id=id, markup=False)

    def say(self, text: str) -> None:
        """What is being done, or what came of it."""
        self.update(Text(one_line(text)))

    def notice(self, text: str) -> None:
        """Something to be read now, over whatever is shown; it goes by itself."""
        self.app.notify(one_line(text))

    def complain(self, error: AylluError) -> None:
        """Something could not be done."""
        self.app.notify(one_line(logged(error)), severity="error", timeout=10)
