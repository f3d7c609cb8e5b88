"""The chat in the terminal. Its first frame comes before anything heavy is loaded, and the prompt takes typing at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Footer

from ..app import Application, Chat, ChatOptions, Reporter, improve_command
from ..errors import AylluError
from ..text import one_line
from .conversation import Conversation
from .earlier import Earlier
from .failing import FailingApp, logged
from .keys import KEYS
from .panel import PassagePanel
from .prompt import Prompt
from .status import ActivityLine, StatusLine

if TYPE_CHECKING:
    from ..agents import ChatSession
    from .answer import AnswerView
    from .judgement import Judgement, Rating

_WIDE = 100  # columns, from which the passage has room beside the conversation
_IMPROVING = "improving"  # the group of the worker that learns


class ChatApp(FailingApp[int]):
    """Opens `application` in a thread, behind the first frame. `improve` is the command that learns, else ayllu's own."""

    TITLE = "ayllu"
    CSS_PATH = "chat.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.key, key.action, key.short or key.words, id=key.id, show=bool(key.short), priority=key.id != "stop")
        for key in KEYS
        if key.action
    ]

    def __init__(self, application: Application, options: ChatOptions, *, improve: Sequence[str] | None = None) -> None:
        super().__init__()
        self._application = application
        self._options = options
        self._improve_command = improve or improve_command(application.paths)
        self._chat: Chat | None = None  # until all is open
        self._session: ChatSession | None = None  # likewise
        self._asking: AnswerView | None = None
        self._waiting: str | None = None  # sent before all was open

    def compose(self) -> ComposeResult:
        self._status = StatusLine(id="status")
        self._conversation = Conversation(id="conversation")
        self._panel = PassagePanel(id="panel")
        self._activity = ActivityLine(id="activity")
        self._prompt = Prompt("Ask your documents…", id="prompt")
        yield self._status
        with Horizontal(id="body"):
            yield self._conversation
            yield self._panel
        yield self._activity
        yield self._prompt
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._prompt.focus()
        # what opening imports must not stand before the first frame
        self.call_after_refresh(lambda: self.run_worker(self._open(), exclusive=False))

    # --- opening ---

    async def _open(self) -> None:
        self._activity.say("opening the library…")
        try:
            chat, session, earlier = await asyncio.to_thread(self._open_chat)
            self._chat, self._session = chat, session
            self._status.show(chat)
            await self._show_earlier(earlier)
            if self._waiting is not None:
                question, self._waiting = self._waiting, None
                await self._ask(session, question)
                return
            self._activity.say("loading the model…")
            await session.warm()
        except AylluError as error:
            self._activity.say(logged(error))
            return
        self._status.show(chat)
        if self._asking is None:
            self._activity.say("")

    def _open_chat(self) -> tuple[Chat, ChatSession, Earlier]:
        """Called in a thread: pull what is missing, and open all that answers."""
        self._application.report_to(
            Reporter(
                announce=lambda text: self.call_from_thread(self._activity.say, text),
                warn=lambda text: self.call_from_thread(self._notify, text),
                progress=self._show_download,
                confirm=self._confirm,
            )
        )
        self._application.prepare(chat=True)
        chat = Chat.open(self._application, self._options)
        session = chat.latest_session()
        return chat, session, Earlier.of(self._application.conversations, session.session_id)

    def _show_download(self, label: str, done: int, total: int | None) -> None:
        self.call_from_thread(self._activity.say, f"{label}: {100 * done // total} %" if total else label)

    def _confirm(self, question: str) -> bool:
        from .confirm import ConfirmScreen

        screen = ConfirmScreen(question)
        self.call_from_thread(self.push_screen, screen)
        return screen.answered.result()

    async def _show_earlier(self, earlier: Earlier) -> None:
        from .answer import AnswerView

        for exchange in earlier.exchanges:
            await self._add(AnswerView(exchange.question, exchange.answer))
        self._prompt.set_history(earlier.questions)
        if self._waiting is None and not self._prompt.text.strip() and earlier.typed:
            self._prompt.give_back(earlier.typed)
            if not earlier.draft:
                self._notify("This question was not answered when the program ended; Enter asks it again.")

    # --- asking ---

    @on(Prompt.Sent, "#prompt")
    async def question_sent(self) -> None:
        if self._asking is not None or self._waiting is not None:
            self._notify("One question at a time: Esc stops the one being answered.")
            return
        question = self._prompt.take()
        if self._session is None:
            self._waiting = question
            self._activity.say("your question waits until all is open…")
        else:
            await self._ask(self._session, question)

    async def _ask(self, session: ChatSession, question: str) -> None:
        from .answer import AnswerView

        self._asking = AnswerView(question)
        await self._add(self._asking)
        self._asking.ask(session)

    def on_answer_view_working(self, message: AnswerView.Working) -> None:
        self._activity.say(message.note)

    def on_answer_view_noticed(self, message: AnswerView.Noticed) -> None:
        self._notify(message.text)

    def on_answer_view_done(self, message: AnswerView.Done) -> None:
        self._asking = None
        self._activity.say("")
        if message.view.answer is None:
            self._prompt.give_back(message.view.question)
            return
        if self._chat is not None:
            self._status.show(self._chat)
        self._choose(message.view)

    # --- keys ---

    def action_stop(self) -> None:
        if self._session is not None and self._asking is not None:
            self._activity.say("stopping…")
            self._session.stop()

    async def action_rate(self, rating: Rating) -> None:
        if (view := self._judged("rate")) is not None:
            await self._judge(view, replace(view.judgement, rating=rating))

    def action_correct(self) -> None:
        from .correct import CorrectScreen

        if len(self.screen_stack) > 1 or (view := self._judged("correct")) is None or view.answer is None:
            return

        async def corrected(text: str | None) -> None:
            if text:
                await self._judge(view, replace(view.judgement, correction=text))

        self.push_screen(CorrectScreen(view.question, "" if view.answer.abstained else view.answer.short), corrected)

    def _judged(self, verb: str) -> AnswerView | None:
        """The answer that a judgement is about; the person is told where there is none."""
        view = self._conversation.chosen
        if self._chat is None or view is None or view.answer is None:
            self._notify(f"There is no answer to {verb} yet.")
            return None
        return view

    async def _judge(self, view: AnswerView, judgement: Judgement) -> None:
        """Keep what the person thinks; it is on disk before they are told so."""
        from .judgement import keep_judgement

        assert view.answer is not None
        try:
            kept = await asyncio.to_thread(keep_judgement, self._application, view.answer.message_id, judgement)
        except AylluError as error:
            self.notify(logged(error), severity="error", markup=False)
            return
        view.judge(judgement)
        self._activity.say(kept)

    def action_improve(self) -> None:
        if self._chat is not None and not any(worker.group == _IMPROVING for worker in self.workers):
            self.run_worker(self._improve(), group=_IMPROVING)

    async def _improve(self) -> None:
        """The next question is asked of what the learning promotes."""
        from .improving import improve

        self._activity.say("Learning from your corrections, in the background…")
        outcome = await improve(self._improve_command)
        self.notify(one_line(outcome, 400), title="Learning", timeout=20, markup=False)
        self._activity.say(one_line(outcome, 200))

    def action_passage(self) -> None:
        self._panel.show_next()

    def action_panel(self) -> None:
        self._panel.toggle_class("-open")

    def action_choose(self, step: int) -> None:
        if (view := self._conversation.neighbour(step)) is not None:
            self._choose(view)

    async def action_new(self) -> None:
        if self._chat is not None and self._asking is None:
            self._session = self._chat.new_session()
            await self._conversation.clear()
            self._panel.show_first(None)

    def action_help(self) -> None:
        from .help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    async def action_leave(self) -> None:
        """What is typed is kept as a draft; a question being answered is offered again by the next start."""
        if self._asking is not None:
            self._asking.leave()
        await self._save_draft("\n".join(part for part in (self._waiting or "", self._prompt.text) if part))
        if self._chat is not None:
            await self._application.close_backend()
        self.exit(0)

    # --- small things ---

    @on(Prompt.Drafted, "#prompt")
    async def draft_changed(self, message: Prompt.Drafted) -> None:
        await self._save_draft(message.text)

    async def _save_draft(self, text: str) -> None:
        if self._session is not None:
            await asyncio.to_thread(self._application.conversations.save_draft, self._session.session_id, text)

    def on_resize(self, event: events.Resize) -> None:
        self._panel.set_class(event.size.width >= _WIDE, "-open")

    async def _add(self, view: AnswerView) -> None:
        await self._conversation.add(view)
        if view.answer is not None:
            self._choose(view)
            self._conversation.follow()

    def _choose(self, view: AnswerView) -> None:
        self._conversation.choose(view)
        self._panel.show_first(view.answer)

    def _notify(self, text: str) -> None:
        self.notify(one_line(text), markup=False)


def run_chat(application: Application, options: ChatOptions) -> int:
    """Run the chat until the person leaves; returns the exit code. An error that nobody foresaw is raised."""
    return ChatApp(application, options).run_to_end() or 0
