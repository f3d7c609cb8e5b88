"""The chat: what is read, and the prompt beneath it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Footer

from ..app import Application, Chat, Extra, slash_word, unknown_command
from ..errors import AylluError, UsageError
from .earlier import Earlier
from .judging import Judging
from .keys import KEYS, OTHER_NAMES, bindings
from .learning import Learning
from .prompt import Prompt
from .reading import Reading
from .status import ActivityLine, StatusLine

if TYPE_CHECKING:
    from ..agents import ChatSession
    from .answer import AnswerView
    from .judgement import Rating
    from .sessions import SessionsLeft

_LEARNING = "learning"  # the group of the worker that learns
_BUSY = "An answer is being written: Esc stops it."
_OPENING = "ayllu is still opening. A question sent now waits until all is open."
_NO_ANSWER = "There is no answer to {} yet."


class ChatScreen(Screen[None]):
    """Shows one conversation at a time; `begin` is called when all is open, and until then questions wait."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("chat")

    def __init__(self, application: Application, improve: Sequence[str], training: Callable[[], Extra]) -> None:
        super().__init__()
        self._application = application
        self._chat: Chat | None = None  # until all is open
        self._session: ChatSession | None = None  # likewise
        self._asking: AnswerView | None = None
        self._waiting: str | None = None  # sent before all was open
        self._status = StatusLine(id="status")
        self._reading = Reading(id="body")
        self.activity = ActivityLine(id="activity")
        self._prompt = Prompt("Ask your documents…", id="prompt")
        self._learning = Learning(improve, training, self.activity)
        self._judging = Judging(application, self._reading, self.activity)

    def compose(self) -> ComposeResult:
        yield self._status
        yield self._reading
        yield self.activity
        yield self._prompt
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._prompt.focus()

    # --- opening and leaving ---

    async def begin(self, chat: Chat, session: ChatSession, earlier: Earlier) -> bool:
        """All is open; whether a question had been waiting for that, and is being asked now."""
        self._chat = chat
        self._status.show(chat)
        await self._enter(session, earlier)
        if self._waiting is None:
            return False
        question, self._waiting = self._waiting, None
        await self._ask(session, question)
        return True

    def opened(self) -> None:
        """The models are loaded too."""
        if self._chat is not None:
            self._status.show(self._chat)
        if self._asking is None:
            self.activity.say("")

    async def leave(self) -> None:
        """Keep what is typed, and close what answers."""
        if self._asking is not None:
            self._asking.leave()
        await self._save_draft("\n".join(part for part in (self._waiting or "", self._prompt.text) if part))
        if self._chat is not None:
            await self._application.close_backend()

    async def _enter(self, session: ChatSession, earlier: Earlier) -> None:
        """Show a conversation, and give back what was typed in it."""
        from .answer import AnswerView

        self._session = session
        views = [
            AnswerView(exchange.question, exchange.answer, earlier.judgements.get(exchange.message_id))
            for exchange in earlier.exchanges
        ]
        await self._reading.show(views)
        if earlier.failure is not None:
            self.activity.complain(earlier.failure)
        self._prompt.set_history(earlier.questions)
        if self._waiting is None and not self._prompt.text.strip() and earlier.typed:
            self._prompt.give_back(earlier.typed)
            if not earlier.draft:
                self.activity.notice("This question was not answered when the program ended; Enter asks it again.")

    # --- asking ---

    @property
    def answering(self) -> bool:
        return self._asking is not None

    async def on_prompt_sent(self) -> None:
        try:
            if (word := slash_word(self._prompt.text)) is not None:
                return self._run_command(word)
        except UsageError as error:
            return self.activity.notice(f"{error.message} {error.hint}")
        if self._asking is not None or self._waiting is not None:
            return self.activity.notice("One question at a time: Esc stops the one being answered.")
        question = self._prompt.take()
        if self._session is not None:
            return await self._ask(self._session, question)
        self._waiting = question
        return self.activity.say("your question waits until all is open…")

    def _run_command(self, word: str) -> None:
        """
        Raises:
            UsageError: there is no such command; what is typed stays.
        """
        commands = {key.slash: key for key in KEYS if key.slash}
        key = commands.get(OTHER_NAMES.get(word, word))
        if key is None:
            raise unknown_command(word, commands)
        self._prompt.clear_typed()
        self.call_later(self.app.run_action, key.action, self if key.scope == "chat" else self.app)

    async def _ask(self, session: ChatSession, question: str) -> None:
        from .answer import AnswerView

        self._asking = AnswerView(question)
        await self._reading.add(self._asking)
        self._asking.ask(session)

    def on_answer_view_working(self, message: AnswerView.Working) -> None:
        self.activity.say(message.note)

    def on_answer_view_noticed(self, message: AnswerView.Noticed) -> None:
        self.activity.notice(message.text)

    def on_answer_view_done(self, message: AnswerView.Done) -> None:
        self._asking = None
        self.activity.say("")
        if message.view.answer is None:
            self._prompt.give_back(message.view.question)
            return
        if self._chat is not None:
            self._status.show(self._chat)
        self._reading.choose(message.view)

    def action_stop(self) -> None:
        """Stop the answer; else leave the passage for the conversation and its prompt."""
        if self._session is not None and self._asking is not None:
            self.activity.say("stopping…")
            self._session.stop()
        elif self._reading.covered:
            self._reading.open_panel(False)
        self._prompt.focus()

    # --- reading ---

    async def action_scroll(self, where: str) -> None:
        await self._reading.scroll(where)

    async def on_prompt_edged(self, message: Prompt.Edged) -> None:
        await self._reading.scroll(message.where)

    def action_passage(self) -> None:
        if not self._reading.next_passage():
            self.activity.notice(_NO_ANSWER.format("show a passage of"))

    def action_panel(self) -> None:
        self._reading.open_panel(not self._reading.panel.display)

    async def action_choose(self, step: int) -> None:
        if not await self._reading.choose_neighbour(step):
            self.activity.notice(_NO_ANSWER.format("choose"))

    # --- judging and learning ---

    async def action_rate(self, rating: Rating) -> None:
        await self._judging.rate(rating)

    async def action_correct(self) -> None:
        await self._judging.correct()

    def action_improve(self) -> None:
        if self._chat is None:
            self.activity.notice(_OPENING)
        elif any(worker.group == _LEARNING for worker in self.workers):
            self.activity.notice("ayllu is learning already; you can chat meanwhile.")
        else:
            self.run_worker(self._learning.run(), group=_LEARNING)

    # --- conversations ---

    async def action_new(self) -> None:
        if self._may_switch():
            kept = " The one before is kept: Ctrl-O opens it." if self._reading.chosen is not None else ""
            await self._begin_anew()
            self.activity.say(f"A new conversation.{kept}")

    async def action_sessions(self) -> None:
        from .sessions import SessionsScreen

        if self._session is None:
            return self.activity.notice(_OPENING)
        sessions = self._application.conversations.sessions
        try:
            infos = await asyncio.to_thread(sessions.list)
        except AylluError as error:
            return self.activity.complain(error)
        await self.app.push_screen(SessionsScreen(sessions, infos, self._session.session_id), self._switch)
        return None

    async def _switch(self, left: SessionsLeft | None) -> None:
        """Go on with the conversation that was opened; with a new one where the present one was deleted."""
        if left is None or self._chat is None or self._session is None:
            return
        if left.opened is not None and left.opened != self._session.session_id:
            if self._may_switch():
                await self._open_kept(self._chat, left.opened)
        elif self._session.session_id in left.removed:
            await self._begin_anew()

    async def _open_kept(self, chat: Chat, session_id: str) -> None:
        await self._save_draft(self._prompt.text)
        try:
            earlier = await asyncio.to_thread(Earlier.of, self._application, session_id)
        except AylluError as error:
            return self.activity.complain(error)
        self._prompt.clear_typed()
        await self._enter(chat.kept_session(session_id), earlier)
        self.activity.say("")
        return None

    async def _begin_anew(self) -> None:
        """What is typed goes along."""
        assert self._chat is not None
        await self._save_draft("")
        self._session = self._chat.new_session()
        await self._reading.show([])

    def _may_switch(self) -> bool:
        if self._chat is None or self._asking is not None:
            self.activity.notice(_OPENING if self._chat is None else _BUSY)
        return self._chat is not None and self._asking is None

    # --- small things ---

    def action_help(self) -> None:
        from .help import HelpScreen

        self.app.push_screen(HelpScreen())

    async def on_prompt_drafted(self, message: Prompt.Drafted) -> None:
        await self._save_draft(message.text)

    def on_prompt_ended(self) -> None:
        self.call_later(self.app.run_action, "leave")

    def on_key(self, event: events.Key) -> None:
        """Letters typed elsewhere go into the prompt."""
        if event.is_printable and event.character is not None and not self._prompt.has_focus:
            self._prompt.focus()
            self._prompt.insert(event.character)

    async def _save_draft(self, text: str) -> None:
        if self._session is not None:
            await asyncio.to_thread(self._application.conversations.save_draft, self._session.session_id, text)
