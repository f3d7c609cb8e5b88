"""The chat in the terminal. Its first frame comes before anything heavy is loaded, and the prompt takes typing at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.css.query import NoMatches
from textual.timer import Timer
from textual.widgets import Footer, Static, TextArea

from ..app import Application, Chat, ChatOptions, Reporter, improve_command
from ..errors import AylluError
from ..text import one_line
from .keys import KEYS
from .panel import PassagePanel
from .prompt import Prompt

if TYPE_CHECKING:
    from ..agents import ChatSession
    from .answer import AnswerView

_SHOWN_TURNS = 20  # of an earlier conversation
_WIDE = 100  # columns, from which the passage has room beside the conversation
_DRAFT_S = 0.5
log = logging.getLogger(__name__)


class ChatApp(App[int]):
    """`improve` is the command that learns, run as a process of its own."""

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
        self._chat: Chat | None = None
        self._session: ChatSession | None = None
        self._asking: AnswerView | None = None
        self._waiting: str | None = None  # sent before all was open
        self._chosen: AnswerView | None = None
        self._mark = 0
        self._draft_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("ayllu", id="status", markup=False)
        with Horizontal(id="body"):
            with VerticalScroll(id="conversation", can_focus=False):
                yield Static("Ask something about your documents.", id="welcome", markup=False)
            yield PassagePanel(id="panel")
        yield Static("", id="activity", markup=False)
        yield Prompt("Ask your documents…", id="prompt")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#prompt", Prompt).focus()
        self.call_after_refresh(self._begin)  # what opening imports must not stand before the first frame

    def _begin(self) -> None:
        self.run_worker(self._while_open(self._open()), exclusive=False)

    async def _while_open(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work`; what finds nothing to write to, because the program is being left, ends there."""
        try:
            await work
        except NoMatches:
            if self.query("#status"):
                raise

    # --- opening ---

    async def _open(self) -> None:
        self._say("opening the library…")
        try:
            self._chat, session = await asyncio.to_thread(self._open_chat)
        except AylluError as error:
            self._say(f"{error.message} {error.hint}")
            return
        self._session = session
        self._show_status()
        await self._show_earlier()
        if self._waiting is not None:
            question, self._waiting = self._waiting, None
            self._ask(question)
            return
        self._say("loading the model…")
        try:
            await session.warm()
        except AylluError as error:
            self._say(f"{error.message} {error.hint}")
            return
        self._show_status()
        if self._asking is None:
            self._say("")

    def _open_chat(self) -> tuple[Chat, ChatSession]:
        """Open all that answers; called in a thread, while the first frame is on screen."""
        application = self._application
        application.report_to(
            Reporter(announce=self._announce, warn=self._announce, progress=self._show_download, confirm=None)
        )
        application.prepare(chat=True)
        chat = Chat.open(application, self._options)
        session = chat.latest_session()
        for part in (application.conversations, application.feedback):
            assert part is not None  # opened here, where it holds nothing up
        return chat, session

    def _announce(self, text: str) -> None:
        self.call_from_thread(self._say, text)

    def _show_download(self, label: str, done: int, total: int | None) -> None:
        self._announce(f"{label}: {100 * done // total} %" if total else label)

    async def _show_earlier(self) -> None:
        from .answer import AnswerView

        _, session = self._opened()
        conversations = self._application.conversations
        turns = await asyncio.to_thread(conversations.exchanges, session.session_id)
        for turn in turns[-_SHOWN_TURNS:]:
            await self._add(AnswerView(turn.question, turn.answer.to_json()))
        prompt = self.query_one("#prompt", Prompt)
        prompt.remember(await asyncio.to_thread(conversations.input_history))
        kept = await asyncio.to_thread(conversations.draft, session.session_id)
        lost = await asyncio.to_thread(conversations.unanswered, session.session_id)
        if self._waiting is None and not prompt.text.strip() and (kept or lost):
            prompt.give_back(kept or lost[-1])
            if lost and not kept:
                self.notify("This question was not answered when the program ended; Enter asks it again.", markup=False)

    # --- asking ---

    def on_prompt_sent(self, message: Prompt.Sent) -> None:
        prompt = self.query_one("#prompt", Prompt)
        if self._asking is not None or self._waiting is not None:
            self.notify("One question at a time: Esc stops the one being answered.", markup=False)
            return
        question = prompt.take()
        if self._session is None:
            self._waiting = question
            self._say("your question waits until all is open…")
        else:
            self._ask(question)

    def _ask(self, question: str) -> None:
        from .answer import AnswerView

        self._asking = AnswerView(question)
        self.run_worker(self._while_open(self._answer(question, self._asking)), group="asking")

    async def _answer(self, question: str, view: AnswerView) -> None:
        from ..agents import AgentStarted, AnswerReady, DraftDropped, EvidenceFound, Failed, Token, Warned

        _, session = self._opened()
        await self._add(view)
        try:
            async with contextlib.aclosing(session.ask(question)) as stream:
                async for event in stream:
                    match event:
                        case AgentStarted(agent=agent, note=note):
                            self._say(f"{agent}: {note}…")
                        case EvidenceFound(evidence=evidence):
                            view.show_evidence(evidence)
                        case Token(text=text):
                            await view.write(text)
                        case DraftDropped(reason=reason):
                            await view.drop()
                            self._say(reason)
                        case Warned(message=message):
                            self.notify(one_line(message), markup=False)
                        case AnswerReady(answer=answer):
                            await view.finish(answer.to_json())
                            self._show_status()
                        case Failed(error=error, partial=partial):
                            await view.fail(error.message, error.hint, partial)
                            self.query_one("#prompt", Prompt).give_back(question)
                    self._follow()
        except AylluError as error:
            await view.fail(error.message, error.hint, "")
            self.query_one("#prompt", Prompt).give_back(question)
        finally:
            self._asking = None
        self._say("")
        if view.answer is not None:
            self._choose(view)

    # --- keys ---

    def action_stop(self) -> None:
        if self._session is not None and self._asking is not None:
            self._say("stopping…")
            self._session.stop()

    async def action_rate(self, rating: str) -> None:
        await self._tell(rating=rating)

    def action_correct(self) -> None:
        view = self._chosen
        if len(self.screen_stack) > 1:
            return
        if view is None or view.answer is None:
            self.notify("There is no answer to correct yet.", markup=False)
            return
        from .correct import CorrectScreen

        short = "" if view.answer["abstained"] else str(view.answer["short"])

        async def corrected(text: str | None) -> None:
            if text:
                await self._tell(correction=text)

        self.push_screen(CorrectScreen(view.question, short), corrected)

    async def _tell(self, **said: Any) -> None:
        """Keep what the person said about the chosen answer; it is on disk before they are told so."""
        from ..config import current_person
        from ..feedback import learning_progress

        view = self._chosen
        if self._chat is None or view is None or view.answer is None:
            self.notify("There is no answer to rate yet.", markup=False)
            return
        application, said = self._application, {**view.said, **said}  # one event holds all; it supersedes the one before
        try:
            message = await asyncio.to_thread(application.conversations.get, view.answer["message_id"])
            person = current_person(application.settings)
            await asyncio.to_thread(lambda: application.feedback.rate(message, person=person, **said))
            stats, learnt = await asyncio.to_thread(
                lambda: (application.feedback.stats(), application.adapters.corrections_learned())
            )
        except AylluError as error:
            self.notify(f"{error.message} {error.hint}", severity="error", markup=False)
            return
        view.say(said)
        progress = learning_progress(stats.corrections, application.settings.feedback.learn_at, learnt)
        if stats.corrections - learnt >= application.settings.feedback.learn_at:
            progress = progress.replace("`ayllu improve`", "F9")
        self._say(f"Kept. {progress}" if "correction" in said else "Kept.")

    def action_improve(self) -> None:
        if self._chat is None or any(worker.group == "improving" for worker in self.workers):
            return
        self.run_worker(self._improve(), group="improving")

    async def _improve(self) -> None:
        """The learning runs as a process of its own, at low priority; the next question is asked of what it promotes."""
        self._say("Learning from your corrections, in the background…")
        import psutil

        process = await asyncio.create_subprocess_exec(*self._improve_command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
        with contextlib.suppress(psutil.Error):
            psutil.Process(process.pid).nice(15)
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()  # it takes up its work when it is started again
        try:
            outcome = json.loads(said)
        except ValueError:
            outcome = {"error": "The learning ended without a word.", "hint": "`ayllu improve` shows why."}
        text = outcome.get("reason") or f"{outcome['error']} {outcome['hint']}"
        self.notify(one_line(text, 400), title="Learning", timeout=20, markup=False)
        self._say(one_line(text, 200))

    def action_passage(self) -> None:
        view = self._chosen
        if view is None or view.answer is None or not view.answer["passages"]:
            return
        panel = self.query_one(PassagePanel)
        if panel.display:
            self._mark = self._mark % len(view.answer["passages"]) + 1
        panel.add_class("-open")
        panel.show_passage(view.answer, self._mark)

    def action_panel(self) -> None:
        self.query_one(PassagePanel).toggle_class("-open")

    def action_choose(self, step: int) -> None:
        from .answer import AnswerView

        views = [view for view in self.query(AnswerView) if view.answer is not None]
        if views:
            at = views.index(self._chosen) if self._chosen in views else len(views)
            self._choose(views[max(0, min(at + step, len(views) - 1))])

    async def action_new(self) -> None:
        if self._chat is None or self._asking is not None:
            return
        self._session = self._chat.new_session()
        self._chosen = None
        await self.query(".answer").remove()
        self.query_one("#welcome").display = True

    def action_help(self) -> None:
        from .help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    async def action_leave(self) -> None:
        """What is typed is kept as a draft; a question being answered is offered again by the next start."""
        self.workers.cancel_group(self, "asking")
        text = self.query_one("#prompt", Prompt).text
        if self._chat is not None and self._session is not None:
            draft = "\n".join(part for part in (self._waiting or "", text) if part)
            await asyncio.to_thread(self._application.conversations.save_draft, self._session.session_id, draft)
            await self._application.close_backend()
        self.exit(0)

    # --- small things ---

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if event.text_area.id == "prompt":
            if self._draft_timer is not None:
                self._draft_timer.stop()
            self._draft_timer = self.set_timer(_DRAFT_S, self._save_draft)

    async def _save_draft(self) -> None:
        if self._chat is not None and self._session is not None:
            text = self.query_one("#prompt", Prompt).text
            await asyncio.to_thread(self._application.conversations.save_draft, self._session.session_id, text)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(PassagePanel).set_class(event.size.width >= _WIDE, "-open")

    async def _add(self, view: AnswerView) -> None:
        self.query_one("#welcome").display = False
        await self.query_one("#conversation").mount(view)
        if view.answer is not None:
            self._choose(view)
        self._follow()

    def _choose(self, view: AnswerView) -> None:
        if self._chosen is not None:
            self._chosen.remove_class("-chosen")
        self._chosen = view
        view.add_class("-chosen")
        view.scroll_visible(animate=False)
        self._mark = 0
        if view.answer is not None and view.answer["passages"]:
            self._mark = 1
            self.query_one(PassagePanel).show_passage(view.answer, 1)

    def _follow(self) -> None:
        self.query_one("#conversation").scroll_end(animate=False)

    def _say(self, text: str) -> None:
        self.query_one("#activity", Static).update(Text(one_line(text)))

    def _show_status(self) -> None:
        chat, _ = self._opened()
        backend = self._application.backend
        small = " (small embedded model)" if backend.style == "span" else ""
        where = "sample documents" if chat.sample else f"collection {chat.collection}"
        status = f"ayllu  ·  {backend.model}{small}  ·  {backend.name}  ·  {where}"
        self.query_one("#status", Static).update(Text(one_line(status)))

    def _opened(self) -> tuple[Chat, ChatSession]:
        assert self._chat is not None  # nobody asks before all is open
        assert self._session is not None
        return self._chat, self._session


def run_chat(application: Application, options: ChatOptions) -> int:
    """Run the chat until the person leaves; returns the exit code."""
    return ChatApp(application, options).run() or 0
