"""The conversation: questions with their answers, oldest first, one of which is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

if TYPE_CHECKING:
    from .answer import AnswerView


class Conversation(VerticalScroll):
    """`chosen` is the answer that keys speak of; `None` before there is one."""

    can_focus = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.chosen: AnswerView | None = None

    def compose(self) -> ComposeResult:
        yield Static("Ask something about your documents.", id="welcome", markup=False)

    async def add(self, view: AnswerView) -> None:
        """Put `view` at the end; where the program is being left, nowhere."""
        if self.is_attached:
            self.query("#welcome").set(display=False)
            await self.mount(view)
            self.follow()

    async def clear(self) -> None:
        """Begin anew."""
        self.chosen = None
        await self.query(".answer").remove()
        self.query("#welcome").set(display=True)

    def choose(self, view: AnswerView) -> None:
        if self.chosen is not None:
            self.chosen.remove_class("-chosen")
        self.chosen = view
        view.add_class("-chosen")
        view.scroll_visible(animate=False)

    def neighbour(self, step: int) -> AnswerView | None:
        """The answer `step` after the chosen one, or the outermost in that direction; `None` where there is no answer."""
        from .answer import AnswerView

        views = [view for view in self.query(AnswerView) if view.answer is not None]
        at = views.index(self.chosen) if self.chosen in views else len(views)
        return views[max(0, min(at + step, len(views) - 1))] if views else None

    def follow(self) -> None:
        """Show the end."""
        self.scroll_end(animate=False)

    def on_answer_view_grown(self, message: AnswerView.Grown) -> None:
        message.stop()
        self.follow()
