"""A conversation with the documents: one question at a time, as a stream of events that every face reads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from pathlib import Path

from autogen_core import CancellationToken

from ..backends import Attempt, Attempts, Backend, RawRequest
from ..config import Settings
from ..conversations import Answer, Conversations, Exchange, check_question
from ..errors import AylluError, SystemRefused, UsageError
from ..models import Speeds
from ..retrieval import Filters, Library
from ..text import one_line, safe
from .asking import Courtesy, completed, find_courtesy, with_history
from .clarifying import clarify
from .digest import Digest, Plan, plan_reading
from .emitter import Emitter
from .events import AnswerReady, DraftDropped, Event, EvidenceFound, Failed, Warned
from .judging import profile_of
from .keeping import Keeper
from .memory import Memory
from .messages import Findings, Question, Recalling, TeamMessage, messages_of, unsearched
from .prompts import load_prompt
from .reading import PromptMemory
from .recording import Circumstances, record_exchange
from .refits import Refits
from .roles import RoleContext, read_opening
from .second import SecondReader
from .teams import DEFAULT, find_team, run_team
from .writing import add_instructions, prose_system, render_evidence, writing_style
from .writing.span import prompt_name

log = logging.getLogger(__name__)
Run = Callable[[RoleContext, Sequence[TeamMessage], CancellationToken], AsyncGenerator[TeamMessage, None]]


class Stopped(AylluError):
    """The person stopped the answer."""

    kind = "stopped"


class ChatSession:
    """One conversation. A question is kept from the moment it is asked, an answer before it is announced."""

    def __init__(
        self,
        library: Library,
        backend: Backend,
        conversations: Conversations,
        settings: Settings,
        *,
        collections: Sequence[str],
        session_id: str | None = None,
        prompts: Path | None = None,
        team: str | None = None,
        passages: int | None = None,
        seed: int | None = None,
        filters: Filters | None = None,
        speeds: Speeds | None = None,
        second_reader: SecondReader | None = None,
        memory: Memory | None = None,
        refits: Refits | None = None,
        whole_documents: bool = True,
    ) -> None:
        """`prompts` is the folder of a person's own; `team` and `passages` are as in the settings where they are None.

        `memory`: what was said of earlier answers, `refits`: what is fitted to it; None: that is not looked at. So many
        `passages` are read as are named here; else their number follows what the model reads in time. Where not even
        `whole_documents` are read, passages answer whatever is asked.
        """
        self.session_id = session_id or conversations.new_session()
        self.collections = tuple(collections)
        self._library = library
        self._backend = backend
        self._conversations = conversations
        self._settings = settings
        self._prompts = prompts
        self._team = team or settings.agents.team
        self._passages = passages or settings.retrieval.passages
        self._exactly = passages is not None
        self._prompt_memory = PromptMemory(speeds)
        self._corrections = memory
        self._refits = refits
        self._seed = seed
        self._filters = filters
        self._second_reader = second_reader if settings.agents.second_reader != "off" else None
        self._whole_documents = whole_documents and self._team == DEFAULT.name
        self._stop: CancellationToken | None = None
        self._warned: set[str] = set()  # what was warned of for the whole conversation

    async def warm(self) -> None:
        """Load the models and fill the prompt cache, so that the first question waits for nothing."""
        await asyncio.to_thread(self._library.embed_query, "warm")
        await self._backend.start()
        raw = self._backend.raw
        if writing_style(self._backend) == "prose":
            system = prose_system(self._load_prompt, profile_of(self._backend))
            await read_opening(self._backend, self._prompt_memory, system)
            if self._second_reader is not None and self._team == DEFAULT.name:
                await self._second_reader.warm(self._load_prompt, self._backend)
        elif raw is not None:
            await raw.complete(RawRequest(load_prompt(prompt_name(self._backend), self._prompts), max_tokens=1))

    def stop(self) -> None:
        """Stop the running question, if there is one; its stream ends with `Failed` of kind `stopped`."""
        if self._stop is not None:
            self._stop.cancel()

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        """Ask one question. The stream ends with `AnswerReady` or `Failed`; leaving it early stops the question.

        Raises:
            UsageError: the question is empty, too long, or another one is running.
        """
        question = check_question(question)
        if self._stop is not None:
            raise UsageError("A question is being answered.", hint="Wait for it, or stop it.")
        self._stop = stop = CancellationToken()
        events: asyncio.Queue[Event] = asyncio.Queue()
        emit = Emitter(events.put_nowait)
        keeper = Keeper(self._conversations, self.session_id, lambda text: emit(Warned(text)))
        try:
            await keeper.keep_question(question)
        except BaseException:  # or no question could be asked any more
            self._stop = None
            raise
        task = asyncio.create_task(self._answer(question, keeper, emit, stop))
        try:
            while True:
                event = await events.get()
                yield event
                if isinstance(event, Failed):
                    await keeper.give_back()
                if isinstance(event, AnswerReady | Failed):
                    return
        finally:
            stop.cancel()
            self._stop = None
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def ask_once(self, question: str, on_event: Callable[[Event], None] | None = None) -> Answer:
        """Ask and wait for the answer.

        Raises:
            AylluError: what `Failed` carries.
        """
        async with contextlib.aclosing(self.ask(question)) as events:
            async for event in events:
                if on_event is not None:
                    on_event(event)
                if isinstance(event, AnswerReady):
                    return event.answer
                if isinstance(event, Failed):
                    raise event.error
        raise AssertionError("the stream ended without an answer")

    async def _answer(self, question: str, keeper: Keeper, emit: Emitter, stop: CancellationToken) -> None:
        """Let the team answer, keep what came of it, and emit how it ended."""
        try:
            if courtesy := find_courtesy(question):
                exchange = await asyncio.to_thread(self._courteous, question, courtesy, emit)
            else:
                exchange = await self._read(question, keeper, emit, stop)
            emit(AnswerReady(await keeper.keep_answer(exchange)))
        except asyncio.CancelledError:
            emit(Failed(question, Stopped("The answer was stopped.", hint="Ask again."), emit.partial))
        except AylluError as error:
            error.log_once(log)
            emit(Failed(question, error, emit.partial))
        except Exception as error:  # the edge of a question: the face must get it back whatever happened
            unexpected = SystemRefused.of(error) or AylluError(
                f"Something unexpected went wrong: {type(error).__name__}: {error}.",
                hint="Ask again; the log has the details.",
            )
            unexpected.__cause__ = error
            unexpected.log_once(log)
            emit(Failed(question, unexpected, emit.partial))

    async def _read(self, text: str, keeper: Keeper, emit: Emitter, stop: CancellationToken) -> Exchange:
        """Let passages answer, or whole documents. What completes a question that was asked back is taken with it."""
        latest, history = await keeper.latest(), await keeper.history()
        choice = completed(latest.question, latest.answer.asks_back, text) if latest is not None else None
        if choice is not None:
            text, history = choice, ()
        memory = self._corrections  # where the answer was said, nothing is asked back, nor read as a whole
        known = memory is not None and await asyncio.to_thread(memory.knows, text, self._library, self.collections)
        plan = await asyncio.to_thread(self._plan, text, latest) if self._whole_documents and not known else None
        clear = known or plan is not None or choice is not None or bool(history) or self._team != DEFAULT.name
        if not clear and (reply := await asyncio.to_thread(self._clarify, text)):
            for findings in messages_of(reply, Findings):
                emit(EvidenceFound(render_evidence(findings.retrieved), findings.retrieved))
            return self._record((unsearched(text, "", self.collections)[0], *reply), None, emit)
        run = partial(run_team, find_team(self._team)) if plan is None else Digest(plan).run
        query = with_history(text, history)
        question = Question(source="user", text=text, query=query, collections=self.collections, history=history)
        return await self._exchange(run, question, emit, stop)

    def _clarify(self, text: str) -> tuple[TeamMessage, ...] | None:
        mode = self._settings.retrieval.mode
        return clarify(self._library, text, mode=mode, collections=self.collections, filters=self._filters)

    def _plan(self, text: str, latest: Exchange | None) -> Plan | None:
        cited = [] if latest is None else [citation.source for citation in latest.answer.citations]
        most = self._settings.agents.whole_tokens
        return plan_reading(self._library, text, self.collections, self._filters, cited=cited, most_tokens=most)

    async def _exchange(self, run: Run, question: Question, emit: Emitter, stop: CancellationToken) -> Exchange:
        """Run a team until a backend has brought the question to its end; each gets its own style of prompt.

        What was retrieved stands for all attempts, what was written does not.
        """
        thread: list[TeamMessage] = [question]
        async for attempt in Attempts(self._backend):
            async with attempt:  # who is asked is settled while the passages are looked for
                if attempt.after is not None and emit.partial:
                    emit(DraftDropped(f"{one_line(attempt.after.message)} Asking again."))
                thread = [*messages_of(thread, Findings)[-1:], question]
                async for message in run(self._context(attempt, emit), tuple(thread), stop):
                    thread.append(message)
                if any(recalling.decision == "recalled" for recalling in messages_of(thread, Recalling)):
                    return self._record(thread, None, emit)  # no model was asked
                attempt.record_answer()
                backend = await attempt.backend()
        return self._record(thread, backend, emit)

    def _courteous(self, question: str, courtesy: Courtesy, emit: Emitter) -> Exchange:
        documents = sum(len(self._library.sources(collection)) for collection in self.collections)
        return self._record(unsearched(question, courtesy.reply(documents), self.collections), None, emit)

    def _record(self, thread: Sequence[TeamMessage], backend: Backend | None, emit: Emitter) -> Exchange:
        return record_exchange(
            thread,
            Circumstances(
                settings=self._settings,
                session_id=self.session_id,
                team=self._team,
                seed=self._seed,
                embedder=self._library.embedder.name,
                backend=backend,
                warnings=emit.warnings,
                total_s=emit.elapsed_s(),
            ),
        )

    def _load_prompt(self, name: str) -> str:
        """The prompt; that of prose with the person's standing wishes."""
        prompt = load_prompt(name, self._prompts)
        if name != "prose":
            return prompt
        return add_instructions(prompt, self._settings.instructions(self.collections))

    def _context(self, attempt: Attempt, emit: Emitter) -> RoleContext:
        async def choose_backend() -> Backend:
            backend = await attempt.backend()
            if notice := attempt.notice():  # only the first time
                emit(Warned(safe(notice)))
            return backend

        def warn_once(text: str) -> None:
            if text not in self._warned:
                self._warned.add(text)
                emit(Warned(safe(text)))

        return RoleContext(
            library=self._library,
            settings=self._settings,
            load_prompt=self._load_prompt,
            passages=self._passages,
            seed=self._seed,
            choose_backend=choose_backend,
            emit=emit,
            warn_once=warn_once,
            elapsed_s=emit.elapsed_s,
            filters=self._filters,
            exactly=self._exactly,
            memory=self._prompt_memory,
            corrections=self._corrections,
            refits=self._refits,
            second_reader=self._second_reader,
        )
