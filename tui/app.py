"""The program in the terminal. Its first frame comes before anything heavy is loaded, and the prompt takes typing then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input, TextArea

from ..app import Application, BetterModel, Chat, ChatOptions, Extra, IdleProbing, Reporter, improve_command
from ..errors import AylluError
from ..text import count
from .chat import ChatScreen
from .dialog import Dialog
from .earlier import Earlier
from .failing import FailingApp
from .idling import what_is_done
from .keys import KEYS, bindings
from .learning import training_extra
from .marks import without_notes
from .offering import Offering

if TYPE_CHECKING:
    from ..agents import ChatSession

_TWICE_S = 3.0  # between two Ctrl-C that together mean to leave


class ChatApp(FailingApp[int]):
    """Opens `application` in a thread, behind the first frame. `improve` is the command that learns, else ayllu's own."""

    TITLE = "ayllu"
    CSS_PATH = "chat.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("program")

    def __init__(
        self,
        application: Application,
        options: ChatOptions,
        *,
        improve: Sequence[str] | None = None,
        training: Callable[[], Extra] = training_extra,
    ) -> None:
        """`training` says what learning needs here."""
        super().__init__()
        self._application = application
        self._options = options
        self._improve_command = improve or improve_command(application.paths)
        self._training = training
        self._interrupted_at = float("-inf")
        self._last_notice = ("", 0.0)  # and until when it is shown

    def get_default_screen(self) -> Screen[None]:
        self._chat_screen = ChatScreen(self._application, self._options, self._improve_command, self._training)
        return self._chat_screen

    def on_mount(self) -> None:
        # what opening imports must not stand before the first frame
        self.call_after_refresh(lambda: self.run_worker(self._open(), exclusive=False))

    # --- opening ---

    async def _open(self) -> None:
        screen = self._chat_screen
        screen.activity.say("opening the library…")
        try:
            chat, session, earlier = await asyncio.to_thread(self._open_chat)
            if not await screen.begin(chat, session, earlier):
                screen.activity.say("loading the model…")
                await session.warm()
                screen.opened()
        except AylluError as error:
            screen.failed(error)
            return
        if self._options.offer:
            await Offering(self, screen, BetterModel(self._application)).run()
            await IdleProbing(self._application, lambda: what_is_done(self, screen), screen.activity.notice).run()

    def _open_chat(self) -> tuple[Chat, ChatSession, Earlier]:
        """Called in a thread: pull what is missing, and open all that answers."""
        self._application.report_to(
            Reporter(
                announce=lambda text: self.call_from_thread(self._chat_screen.activity.say, text),
                warn=lambda text: self.call_from_thread(self._chat_screen.activity.notice, text),
                progress=self._show_download,
                confirm=self._confirm,
            )
        )
        self._application.prepare(chat=True)
        chat = Chat.open(self._application, self._options)
        session = chat.latest_session()
        return chat, session, Earlier.of(self._application, session.session_id)

    def _show_download(self, label: str, done: int, total: int | None) -> None:
        self._check_open()
        self.call_from_thread(self._chat_screen.activity.say, f"{label}: {100 * done // total} %" if total else label)

    def _confirm(self, question: str) -> bool:
        from .confirm import ConfirmScreen

        self._check_open()
        screen = ConfirmScreen(question)
        self.call_from_thread(self.push_screen, screen)
        return screen.answered.result()

    def _check_open(self) -> None:
        """Called in the thread that opens, which would else work on, and keep the process from ending.

        Raises:
            AylluError: the chat has been left.
        """
        if not self.is_running:
            raise AylluError("The chat was left before all was open.", hint="Start it again: it goes on where it stopped.")

    # --- what holds on every screen ---

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A notice never is markup, and what is still to be read is not said twice."""
        last, until = self._last_notice
        if message == last and monotonic() < until:
            return
        self._last_notice = (message, monotonic() + (timeout or self.NOTIFICATION_TIMEOUT))
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: whatever a key of the chat does."""
        for key in KEYS:
            if key.action and key.id != "palette" and screen is self._chat_screen:
                namespace = self._chat_screen if key.scope == "chat" else self
                typed = f" or /{key.slash}" if key.slash else ""
                yield SystemCommand(
                    key.explained,
                    f"{key.key}{typed}",
                    lambda action=key.action, at=namespace: self.call_later(self.run_action, action, at),
                )

    def action_interrupt(self) -> None:
        """Copy what is selected; else go back from a dialog, or stop the answer; else say how to leave."""
        if selected := self._selected_text():
            selected = without_notes(selected) or selected
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()  # or the next Ctrl-C could neither stop nor leave
            self.notify(f"Copied: {count(len(selected), 'character')}.")
        elif isinstance(self.screen, Dialog):
            self.screen.action_back()
        elif self._chat_screen.answering:
            self._chat_screen.action_stop()
        elif monotonic() - self._interrupted_at < _TWICE_S:
            self.call_later(self.action_leave)
        else:
            self._interrupted_at = monotonic()
            self.notify("Ctrl-C again, or Ctrl-Q, leaves; what is typed is kept.", timeout=_TWICE_S)

    def _selected_text(self) -> str:
        if isinstance(self.focused, TextArea | Input) and self.focused.selected_text:
            return self.focused.selected_text
        return self.screen.get_selected_text() or ""

    async def action_leave(self) -> None:
        """What is typed is kept as a draft; a question being answered is offered again by the next start."""
        if isinstance(self.screen, Dialog) and (loss := self.screen.keeps_open()):
            self.notify(loss)
        elif await self._chat_screen.leave():
            self.exit(0)


def run_chat(application: Application, options: ChatOptions) -> int:
    """Run the chat until the person leaves; returns the exit code. An error that nobody foresaw is raised."""
    return ChatApp(application, options).run_to_end() or 0
