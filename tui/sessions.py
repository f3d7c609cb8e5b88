"""The conversations that are kept: filtered by title, and opened, renamed or deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ..errors import AylluError
from ..text import age, count, one_line
from .confirm import ConfirmScreen
from .dialog import Dialog

if TYPE_CHECKING:
    from ..conversations import SessionInfo, Sessions

_KEYS = "Enter opens · F2 renames · F8 deletes · Esc goes back"


@dataclass(frozen=True, slots=True)
class SessionsLeft:
    """How the list was left."""

    opened: str | None  # the conversation to go on with; None: with the one that was shown before
    removed: frozenset[str]


class TitleScreen(Dialog[str]):
    """Returns the new title of a conversation."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(id="renaming"):
            yield Static("The conversation's title. Enter keeps it; an empty one brings back the first question.")
            yield Input(self._title, id="title")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value)


class SessionsScreen(Dialog[SessionsLeft]):
    """Letters filter, arrows choose. What is renamed or deleted here is so at once, in the `sessions` given."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move('cursor_down')", "Next", id="sessions-next", priority=True, tooltip="Choose the next"),
        Binding(
            "up", "move('cursor_up')", "Previous", id="sessions-previous", priority=True, tooltip="Choose the one before"
        ),
        Binding("pagedown", "move('page_down')", "Down", id="sessions-down", priority=True, tooltip="A page down"),
        Binding("pageup", "move('page_up')", "Up", id="sessions-up", priority=True, tooltip="A page up"),
        Binding("f2", "rename", "Rename", id="sessions-rename", tooltip="Give it another title"),
        Binding("f8", "delete", "Delete", id="sessions-delete", tooltip="Erase it, after a confirmation"),
    ]

    def __init__(self, sessions: Sessions, infos: Sequence[SessionInfo], current: str) -> None:
        super().__init__()
        self._sessions = sessions
        self._infos = list(infos)
        self._current = current
        self._removed: set[str] = set()
        self._filter = Input(placeholder="Filter by title", id="sessions-filter")
        self._list = OptionList(id="sessions-list", markup=False)
        self._note = Static(_KEYS, id="sessions-note", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="sessions"):
            yield self._filter
            yield self._list
            yield self._note

    def on_mount(self) -> None:
        self._list.can_focus = False
        self._fill()
        self._filter.focus()

    def action_back(self) -> None:
        self.dismiss(SessionsLeft(None, frozenset(self._removed)))

    def action_move(self, how: str) -> None:
        getattr(self._list, f"action_{how}")()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._fill()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._open()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._open()

    def action_rename(self) -> None:
        if (info := self._highlighted()) is None:
            return

        async def named(title: str | None) -> None:
            if title is not None:
                await self._change(partial(self._sessions.rename, info.session_id, title))

        self.app.push_screen(TitleScreen(info.title), named)

    def action_delete(self) -> None:
        if (info := self._highlighted()) is None:
            return
        question = (
            f"Delete “{one_line(info.title, 60)}” with {count(info.questions, 'question')} for good?"
            " Your ratings and corrections stay, with a copy of each answer they speak of."
        )

        async def confirmed(yes: bool | None) -> None:
            if yes and await self._change(partial(self._remove, info.session_id)):
                self._removed.add(info.session_id)

        self.app.push_screen(ConfirmScreen(question), confirmed)

    def _remove(self, session_id: str) -> None:
        """
        Raises:
            AylluError: it could not be removed.
        """
        if remains := self._sessions.remove(session_id):
            files = " and ".join(str(path) for path in remains)
            note = f"Another program is reading the conversations: until it ends, this one can still be read in {files}."
            self.app.call_from_thread(self.app.notify, note, severity="warning", timeout=10)

    async def _change(self, change: Callable[[], object]) -> bool:
        """Make a change on disk, and show what is kept after it; whether it could be made."""
        try:
            await asyncio.to_thread(change)
            self._infos = await asyncio.to_thread(self._sessions.list)
        except AylluError as error:
            self.app.notify(f"{error.message} {error.hint}", severity="error")
            return False
        at = self._list.highlighted or 0
        self._fill()
        self._list.highlighted = min(at, len(self._shown) - 1) if self._shown else None
        return True

    def _open(self) -> None:
        if (info := self._highlighted()) is not None:
            self.dismiss(SessionsLeft(info.session_id, frozenset(self._removed)))

    def _highlighted(self) -> SessionInfo | None:
        at = self._list.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _fill(self) -> None:
        """Show what the filter lets through, each conversation with its age."""
        words = self._filter.value.casefold().split()
        self._shown = [info for info in self._infos if all(word in info.title.casefold() for word in words)]
        moment = datetime.now(UTC)
        self._list.clear_options().add_options(self._line(info, moment) for info in self._shown)
        self._list.highlighted = 0 if self._shown else None
        empty = "No title contains that." if self._infos else "No conversation is kept yet."
        self._note.update(_KEYS if self._shown else empty)

    def _line(self, info: SessionInfo, moment: datetime) -> Option:
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append("● " if info.session_id == self._current else "  ")
        line.append(f"{age(info.updated_at, moment):>10}  ", "dim")
        line.append(one_line(info.title))
        line.append(f"  {count(info.questions, 'question')}", "dim")
        return Option(line)
