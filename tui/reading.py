"""What is read: the conversation, and the passage beside it or, where there is no room for both, in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from .conversation import Conversation
from .panel import PassagePanel

if TYPE_CHECKING:
    from .answer import AnswerView

_NARROW, _WIDE = 70, 100  # columns: below, the passage takes the conversation's place; from there on both are shown unasked


class Reading(Horizontal):
    """The answer that is chosen in the conversation is the one whose passages are shown."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.conversation = Conversation(id="conversation")
        self.panel = PassagePanel(id="panel")
        self._wanted: bool | None = None  # None: the passage is shown where there is room for both

    def compose(self) -> ComposeResult:
        yield self.conversation
        yield self.panel

    @property
    def chosen(self) -> AnswerView | None:
        return self.conversation.chosen

    @property
    def covered(self) -> bool:
        """The passage stands in the conversation's place."""
        return bool(self.panel.display) and self.size.width < _NARROW

    async def show(self, views: Sequence[AnswerView]) -> None:
        """Another conversation, from its end."""
        await self.conversation.show(views)
        self.panel.clear()
        if views:
            self.choose(views[-1])

    async def add(self, view: AnswerView) -> None:
        """A question whose answer is to come; until then no passage is shown."""
        self.panel.clear()
        await self.conversation.add(view)

    def choose(self, view: AnswerView, *, reveal: bool = False, mark: int | None = None) -> None:
        """Speak of `view` from now on, and show its passage under `mark`, else its first; `reveal`: scroll to it."""
        self.conversation.choose(view, reveal=reveal)
        if view.answer is not None:
            self.panel.show_answer(view.answer, mark)

    async def choose_neighbour(self, step: int) -> bool:
        """Choose the answer `step` after the chosen one; whether there is any answer."""
        view = await self.conversation.neighbour(step)
        if view is not None:
            self.choose(view, reveal=True)
        return view is not None

    def next_passage(self) -> bool:
        """Show the passage, or the next one where it is shown already; `False` where there is none."""
        if self.chosen is None or self.chosen.answer is None or not self.chosen.answer.passages:
            return False
        if self.panel.display:
            self.panel.show_next()
        self.open_panel(True)
        return True

    def open_panel(self, wanted: bool) -> None:
        self._wanted = wanted
        self._fit(self.size.width)

    async def scroll(self, where: str) -> None:
        """`page_up`, `page_down`, `home` or `end`: of the passage where it has the focus or stands alone."""
        if self.panel.has_focus or self.covered:
            self.panel.scroll(where)
        else:
            await self.conversation.scroll(where)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def on_answer_view_found(self, message: AnswerView.Found) -> None:
        message.stop()
        self.panel.show_found(message.passages, message.evidence)

    def on_answer_view_opened(self, message: AnswerView.Opened) -> None:
        """A click on an answer, or on a mark or a source of it."""
        message.stop()
        if message.view.answer is not None:
            self.choose(message.view, mark=message.mark)
            self.open_panel(True)

    def _fit(self, width: int) -> None:
        shown = width >= _WIDE if self._wanted is None else self._wanted
        self.panel.set_class(shown, "-open")
        self.set_class(shown and width < _NARROW, "-covered")
