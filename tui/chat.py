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

from ..app import Application, Chat, ChatOptions, Extra
from ..errors import AylluError, UsageError
from .drafts import Drafts
from .earlier import Earlier
from .failing import logged
from .judging import Judging
from .keys import bindings, typed_key
from .learning import Learning
from .model_in_use import ModelInUse
from .prompt import Prompt
from .reading import Reading
from .status import ActivityLine, StatusLine

if TYPE_CHECKING:
    from ..agents import ChatSession
    from ..app import Rating
    from .answer import AnswerView
    from .sessions import SessionsLeft

_BUSY = "An answer is being written: Esc stops it."
_OPENING = "ayllu is still opening. A question sent now waits until all is open."
_NO_ANSWER = "There is no answer to {} yet."


class ChatScreen(Screen[None]):
    """Shows one conversation at a time; `begin` is called when all is open, and until then questions wait."""

    AUTO_FOCUS = "#prompt"
    BINDINGS: ClassVar[list[BindingType]] = bindings("chat")

    def __init__(
        self, application: Application, options: ChatOptions, improve: Sequence[str], training: Callable[[], Extra]
    ) -> None:
        super().__init__()
        self._application = application
        self._chat: Chat | None = None  # until all is open
        self._session: ChatSession | None = None  # likewise
        self._asking: AnswerView | None = None
        self._waiting: str | None = None  # sent before all was open
        self._obstacle = _OPENING  # why nothing can be asked while there is no session
        self._status = StatusLine(id="status")
        self._reading = Reading(id="body")
        self.activity = ActivityLine(id="activity")
        self._prompt = Prompt("Ask your documents…", id="prompt")
        self._learning = Learning(improve, training, self.activity)
        self._drafts = Drafts(application, options, self.activity)
        self._model = ModelInUse(application, self._status, self.activity)
        self._judging = Judging(application, self._reading, self.activity)

    def compose(self) -> ComposeResult:
        yield self._status
        yield self._reading
        yield self.activity
        yield self._prompt
        yield Footer(show_command_palette=False, compact=True)

    # --- opening and leaving ---

    async def begin(self, chat: Chat, session: ChatSession, earlier: Earlier) -> bool:
        """All is open; whether a question had been waiting for that, and is being asked now."""
        self._chat = chat
        self._model.begin(chat)
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

    def failed(self, error: AylluError) -> None:
        """It could not be opened, or the models could not be loaded. A question that waited for that is given back."""
        self.activity.say(logged(error))
        if self._session is None:
            self._obstacle = f"Nothing can be asked: {logged(error)}"
            if self._waiting is not None:
                self._prompt.give_back(self._waiting)
                self._waiting = None

    async def leave(self) -> bool:
        """Keep what is typed, and close what answers; `False`: that cannot be kept, of which the person is told first."""
        typed = "\n".join(part for part in (self._waiting or "", self._prompt.text) if part)
        if not await self._keep_draft(typed) and self._drafts.warn_of_loss(typed):
            return False
        if self._asking is not None:
            self._asking.leave()
        if self._chat is not None:
            await self._application.close_backend()
        return True

    async def _enter(self, session: ChatSession, earlier: Earlier) -> None:
        """Show a conversation, and give back what was typed in it."""
        from .answer import AnswerView

        self._session = session
        await self._reading.show([AnswerView.kept(exchange, earlier.judgements) for exchange in earlier.exchanges])
        if earlier.failure is not None:
            self.activity.complain(earlier.failure)
        self._prompt.set_history(earlier.questions)
        if earlier.draft:  # above what has been typed meanwhile, which will be kept in its place
            self._prompt.give_back(earlier.draft)
        elif self._waiting is None and not self._prompt.text.strip() and earlier.unanswered:
            self._prompt.give_back(earlier.unanswered[-1])
            self.activity.notice("This question was not answered when the program ended; Enter asks it again.")

    # --- asking ---

    @property
    def answering(self) -> bool:
        return self._asking is not None

    async def on_prompt_sent(self) -> None:
        try:
            key = typed_key(self._prompt.text)
        except UsageError as error:
            return self.activity.notice(f"{error.message} {error.hint}")
        if key is not None:
            self._prompt.clear_typed()
            self.call_later(self.app.run_action, key.action, self if key.scope == "chat" else self.app)
            return None
        if self._asking is not None or self._waiting is not None:
            return self.activity.notice("One question at a time: Esc stops the one being answered.")
        if self._session is None and self._obstacle != _OPENING:
            return self.activity.notice(self._obstacle)
        question = self._prompt.take()
        if self._session is not None:
            return await self._ask(self._session, question)
        self._waiting = question
        return self.activity.say("your question waits until all is open…")

    async def _ask(self, session: ChatSession, question: str) -> None:
        from .answer import AnswerView

        self._asking = AnswerView(question)
        await self._reading.add(self._asking)
        self._session = session = await self._model.follow(session)
        self._asking.ask(session)

    def on_answer_view_working(self, message: AnswerView.Working) -> None:
        self.activity.say(message.note)

    def on_answer_view_noticed(self, message: AnswerView.Noticed) -> None:
        self.activity.notice(message.text)

    def on_answer_view_done(self, message: AnswerView.Done) -> None:
        self._asking = None
        self.activity.say("")
        if message.view.answer is None:
            return self._prompt.give_back(message.view.question)
        if self._chat is not None:
            self._status.show(self._chat)
        return self._reading.choose(message.view)

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
            self.activity.notice(self._obstacle)
        else:
            self._learning.start(self)

    # --- conversations ---

    async def action_new(self) -> None:
        if self._may_switch():
            kept = " The one before is kept: Ctrl-O opens it." if self._reading.chosen is not None else ""
            await self._begin_anew()
            self.activity.say(f"A new conversation.{kept}")

    async def action_sessions(self) -> None:
        from .sessions import SessionsScreen

        if not self._may_switch() or self._session is None:  # nor may it be deleted while it is being answered
            return
        sessions = self._application.conversations.sessions
        try:
            infos = await asyncio.to_thread(sessions.list)
        except AylluError as error:
            self.activity.complain(error)
        else:
            await self.app.push_screen(SessionsScreen(sessions, infos, self._session.session_id), self._switch)

    async def _switch(self, left: SessionsLeft | None) -> None:
        """Go on with the conversation that was opened; with a new one where the present one was deleted."""
        if left is None or self._chat is None or self._session is None:
            return
        removed = self._session.session_id in left.removed
        if (left.opened in (None, self._session.session_id) and not removed) or not self._may_switch():
            return
        if left.opened is None:
            return await self._begin_anew()
        try:
            earlier = await asyncio.to_thread(Earlier.of, self._application, left.opened)
        except AylluError as error:
            return self.activity.complain(error)
        typed = self._prompt.text
        if not removed and not await self._keep_draft(typed):
            return None
        self._prompt.clear_typed()
        await self._enter(self._chat.kept_session(left.opened), earlier)
        if removed and typed.strip():  # there is no other place for it
            self._prompt.give_back(typed)
        return self.activity.say("")

    async def _begin_anew(self) -> None:
        """What is typed goes along."""
        assert self._chat is not None
        await self._keep_draft("")
        self._session = self._chat.new_session()
        await self._keep_draft(self._prompt.text)
        await self._reading.show([])

    def _may_switch(self) -> bool:
        if self._chat is None or self._asking is not None:
            self.activity.notice(self._obstacle if self._chat is None else _BUSY)
        return self._chat is not None and self._asking is None

    def action_help(self) -> None:
        from .help import HelpScreen

        self.app.push_screen(HelpScreen())

    async def on_prompt_drafted(self, message: Prompt.Drafted) -> None:
        if self._session is not None:  # where none is open, it is kept when the person leaves
            await self._keep_draft(message.text)

    def on_prompt_ended(self) -> None:
        self.call_later(self.app.run_action, "leave")

    def on_key(self, event: events.Key) -> None:
        """Letters typed elsewhere go into the prompt."""
        if event.is_printable and event.character is not None and not self._prompt.has_focus:
            self._prompt.focus()
            self._prompt.insert(event.character)

    async def _keep_draft(self, text: str) -> bool:
        return await self._drafts.keep(self._session.session_id if self._session is not None else None, text)
