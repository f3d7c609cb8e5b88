"""The conversation: questions with their answers, oldest first, one of which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from ..text import count

if TYPE_CHECKING:
    from .answer import AnswerView

_BATCHES = 5  # drawn at most by one key: the more stand on the screen, the slower it takes the next key


class EarlierLine(Static):
    """Above the first answer drawn: how many there are besides. A click draws some of them."""

    class Wanted(Message):
        """The person wants to see what was before."""

    def show(self, number: int) -> None:
        self.display = number > 0
        self.update(f"↑ {count(number, 'earlier question')}" if number else "")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted())


class Transcript(VerticalScroll):
    """What scrolls. It follows the end while it is at the end; `following` is false once a person has scrolled away."""

    can_focus = False

    class Moved(Message):
        """The view has been scrolled."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.following = True

    def follow(self) -> None:
        """Show the end, and what will be added there."""
        self.following = True
        self.scroll_end(animate=False)

    def release_anchor(self) -> None:
        """Called by whatever scrolls. Where all fits, there is nowhere to go, and the end is still followed.

        Textual's own anchor is not used: it holds a short conversation at the foot of the screen.
        """
        super().release_anchor()
        if self.max_scroll_y > 0:
            self.following = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value >= self.max_scroll_y:
            self.following = True
        self.post_message(self.Moved())


class Conversation(Container):
    """`chosen` is the answer that keys speak of; `None` before there is one."""

    AT_ONCE: ClassVar[int] = 20  # answers drawn at a time: a screen of many hundreds takes seconds to lay out

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.chosen: AnswerView | None = None
        self._undrawn: list[AnswerView] = []  # before the first one drawn, oldest first
        self._transcript = Transcript(id="transcript")
        self._earlier = EarlierLine("", id="earlier", markup=False)
        self._below = BelowLine("↓ new", id="below", markup=False)
        self._welcome = Static("Ask something about your documents.", id="welcome", markup=False)

    def compose(self) -> ComposeResult:
        with self._transcript:
            yield self._welcome
            yield self._earlier
        yield self._below

    def on_mount(self) -> None:
        self._earlier.show(0)

    async def show(self, views: Sequence[AnswerView]) -> None:
        """Begin anew with `views`, oldest first; the first ones are drawn when somebody scrolls up to them."""
        self.chosen = None
        self._undrawn = list(views[: -self.AT_ONCE])
        await self._transcript.query(".answer").remove()
        self._welcome.display = not views
        self._earlier.show(len(self._undrawn))
        if self.is_attached:
            await self._transcript.mount_all(views[-self.AT_ONCE :])
        self.follow()

    async def add(self, view: AnswerView) -> None:
        """Put `view` at the end; where the program is being left, nowhere."""
        if self.is_attached:
            self._welcome.display = False
            await self._transcript.mount(view)
            self.follow()

    def choose(self, view: AnswerView, *, reveal: bool = True) -> None:
        """Mark `view` as the one that keys speak of; `reveal`: and scroll to it."""
        if self.chosen is not None:
            self.chosen.remove_class("-chosen")
        self.chosen = view
        view.add_class("-chosen")
        if reveal:
            view.scroll_visible(animate=False, top=True)

    async def neighbour(self, step: int) -> AnswerView | None:
        """The answer `step` after the chosen one, or the outermost in that direction; `None` where there is no answer."""
        views = self._answered()
        at = views.index(self.chosen) if self.chosen in views else len(views)
        if at + step < 0 and await self._draw_earlier():
            return await self.neighbour(step)
        return views[max(0, min(at + step, len(views) - 1))] if views else None

    # --- scrolling ---

    @property
    def following(self) -> bool:
        return self._transcript.following

    def follow(self) -> None:
        """Show the end."""
        self._below.display = False
        self._transcript.follow()

    async def scroll(self, where: str) -> None:
        """Go a page up or down (`page_up`, `page_down`), to the start (`home`; if it is far, towards it) or to the `end`."""
        transcript = self._transcript
        match where:
            case "end":
                self.follow()
            case "home":
                for _ in range(_BATCHES):
                    if not await self._draw_earlier(stay=False):
                        break
                transcript.scroll_home(animate=False)
            case "page_up":
                drawn = transcript.scroll_y <= 0 and await self._draw_earlier()
                go = partial(transcript.scroll_page_up, animate=False)
                self.call_after_refresh(go) if drawn else go()
            case _:
                transcript.scroll_page_down(animate=False)

    def on_answer_view_grown(self, message: AnswerView.Grown) -> None:
        message.stop()
        if self.following:
            self.follow()
        else:
            self._below.display = True

    async def on_transcript_moved(self, message: Transcript.Moved) -> None:
        message.stop()
        if self.following:
            self._below.display = False
        elif self._transcript.scroll_y <= 0:
            await self._draw_earlier()

    async def on_earlier_line_wanted(self, message: EarlierLine.Wanted) -> None:
        message.stop()
        await self._draw_earlier()

    def on_below_line_wanted(self, message: BelowLine.Wanted) -> None:
        message.stop()
        self.follow()

    async def _draw_earlier(self, *, stay: bool = True) -> bool:
        """Draw some more above; where we `stay`, what is on the screen keeps its place. Whether there were any."""
        views, self._undrawn = self._undrawn[-self.AT_ONCE :], self._undrawn[: -self.AT_ONCE]
        if not views or not self.is_attached:
            return False
        transcript = self._transcript
        from_end = transcript.max_scroll_y - transcript.scroll_y
        await transcript.mount_all(views, after=self._earlier)
        self._earlier.show(len(self._undrawn))

        def keep_place() -> None:
            if not self.following:
                transcript.scroll_to(y=transcript.max_scroll_y - from_end, animate=False)

        if stay:
            self.call_after_refresh(keep_place)
        return True

    def _answered(self) -> list[AnswerView]:
        from .answer import AnswerView

        return [view for view in self.query(AnswerView) if view.answer is not None]


class BelowLine(Static):
    """At the foot, while there is something new further down. A click goes there."""

    class Wanted(Message):
        """The person wants to see it."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted())
