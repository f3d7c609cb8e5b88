"""The offer of a better model: one small screen, shown while nothing is being typed or answered, and what follows a yes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..app import BetterModel, Rung, offer_text
from ..errors import AylluError
from ..text import one_line, safe
from .dialog import Dialog
from .idling import what_is_done
from .prompt import Prompt
from .status import StatusLine

if TYPE_CHECKING:
    from .chat import ChatScreen

_LOOK_S = 0.5  # between two looks whether the person is idle


class OfferScreen(Dialog[bool]):
    """True: pull it; False: stay small; nothing: ask again at the next start. A letter goes on into the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer(True)", "Pull it", id="offer-pull", tooltip="Pull it while you work"),
        Binding("s", "answer(False)", "Stay small", id="offer-stay", tooltip="Stay with the small model"),
    ]

    def __init__(self, rung: Rung, type_on: Callable[[str], object]) -> None:
        super().__init__()
        self._rung = rung
        self._type_on = type_on

    def compose(self) -> ComposeResult:
        use = "use it" if self._rung.model.present else "pull it while you work"
        with Vertical(id="confirmation"):
            yield Static(Text(safe(offer_text(self._rung))))
            yield Static(f"Enter: {use}.  s: stay small.  Esc: ask again another time.", id="confirmation-keys")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    def on_key(self, event: events.Key) -> None:
        """Who is typing a question has not read this."""
        if event.is_printable and event.character not in (None, "s"):
            event.stop()
            self.dismiss(None)
            self._type_on(str(event.character))


class Offering:
    """Offers once, and brings what was accepted, with the progress in the line at the top."""

    def __init__(self, app: App[int], screen: ChatScreen, better: BetterModel) -> None:
        self._app = app
        self._screen = screen
        self._better = better

    async def run(self) -> None:
        """Go on with what was accepted at an earlier start; else offer, once the person is idle."""
        try:
            if name := await asyncio.to_thread(self._better.unfinished):
                return self._pull(name)
            rung = await self._better.offer()
            if rung is None:
                return None
            while self._app.is_running and what_is_done(self._app, self._screen) != "":  # noqa: ASYNC110 - what is typed and which screen is on top tell nobody
                await asyncio.sleep(_LOOK_S)
        except AylluError as error:  # the settings may be broken meanwhile
            return self._screen.activity.complain(error)
        await self._app.push_screen(OfferScreen(rung, self._prompt.insert), lambda yes: self._answered(rung.model.name, yes))
        return None

    def _answered(self, name: str, yes: bool | None) -> None:
        if yes:
            self._pull(name)
        elif yes is not None:
            self._better.decline(name)
            self._screen.activity.notice(f"The small model stays. `ayllu models use {name}` takes the larger at any time.")

    def _pull(self, name: str) -> None:
        self._better.pull(name, self._show_progress, self._show_outcome)

    def _show_progress(self, label: str, done: int, total: int | None) -> None:
        share = f" {100 * done // total} %" if total else ""
        self._in_app(lambda: self._status.add(f"pulling {label.partition(':')[0]}{share}"))

    def _show_outcome(self, text: str) -> None:
        def show() -> None:
            self._status.add("")
            self._app.notify(one_line(text, 400), timeout=15)

        self._in_app(show)

    def _in_app(self, act: Callable[[], None]) -> None:
        """From the thread that pulls, which outlives the screen."""
        if self._app.is_running:
            with contextlib.suppress(RuntimeError):  # it ended that very moment
                self._app.call_from_thread(act)

    @property
    def _prompt(self) -> Prompt:
        return self._screen.query_one("#prompt", Prompt)

    @property
    def _status(self) -> StatusLine:
        return self._screen.query_one("#status", StatusLine)
