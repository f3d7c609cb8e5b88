"""A conversation with the documents: one question at a time, as a stream of events that every face reads."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path

from autogen_core import CancellationToken

from .. import __version__
from ..backends import Attempt, Attempts, Backend, RawRequest
from ..config import Settings, current_person
from ..conversations import (
    Answer,
    Conversations,
    Exchange,
    Kind,
    Sampling,
    ScoredCandidate,
    ShownPassage,
    Timings,
    check_question,
    new_id,
    now,
)
from ..errors import AylluError, UsageError
from ..retrieval import Library, Passage, Sentence
from ..text import one_line, safe
from .answers import ABSTAINED, citation, evidence_of, quoted, renumbered, unmarked
from .asking.questions import with_history
from .events import AnswerReady, DraftDropped, Event, Failed, Token, Warned
from .prompts import loader as prompt_files
from .teams import default as teams
from .turn import Turn, Workshop
from .writing.span.ranking import Ranked


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
        collection: str,
        session_id: str | None = None,
        prompts: Path | None = None,
        team: str | None = None,
        passages: int | None = None,
        seed: int | None = None,
    ) -> None:
        self.session_id = session_id or conversations.new_session()
        self.collection = collection
        self._conversations = conversations
        self._team = team or settings.agents.team
        self._shop = Workshop(
            library,
            backend,
            settings,
            lambda name: prompt_files.load(name, prompts),
            passages or settings.retrieval.passages,
            seed,
        )
        self._stop: CancellationToken | None = None

    async def warm(self) -> None:
        """Load the models and fill the prompt cache, so that the first question waits for nothing."""
        await asyncio.to_thread(self._shop.library.embed, ["warm"])
        await self._shop.backend.start()
        raw = self._shop.backend.raw
        if self._shop.style == "span" and raw is not None:
            await raw.complete(RawRequest(self._shop.span_prompt, max_tokens=1))

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
        question_id = await asyncio.to_thread(self._conversations.save_question, self.session_id, question)
        events: asyncio.Queue[Event] = asyncio.Queue()
        turn = await asyncio.to_thread(self._turn, question, events.put_nowait)
        task = asyncio.create_task(self._answer(turn, stop))
        try:
            while True:
                event = await events.get()
                if isinstance(event, AnswerReady):  # it is kept: whoever leaves at this moment is not to ask it again
                    await asyncio.to_thread(self._conversations.answered, question_id)
                yield event
                if isinstance(event, Failed):
                    await asyncio.to_thread(self._conversations.answered, question_id)
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

    def _turn(self, question: str, emit: Callable[[Event], None]) -> Turn:
        history = [
            (exchange.question, exchange.answer.short or exchange.answer.answer)
            for exchange in self._conversations.exchanges(self.session_id)
            if not exchange.answer.abstained
        ]
        return Turn(question, with_history(question, history), self.collection, history, emit)

    async def _answer(self, turn: Turn, stop: CancellationToken) -> None:
        """Run the team, keep the answer, and emit how it ended."""
        written: list[str] = []
        emit = turn.emit

        def watched(event: Event) -> None:
            if isinstance(event, Token):
                written.append(event.text)
            elif isinstance(event, DraftDropped):
                written.clear()
            elif isinstance(event, Warned):
                turn.warnings.append(event.message)
            emit(event)

        turn.emit = watched
        try:
            shop = await self._tried(turn, stop, written)
            answer, order = self._whole(turn, shop)
            await asyncio.to_thread(self._conversations.save, self._stored(turn, shop, answer, order))
            emit(AnswerReady(answer))
        except asyncio.CancelledError:
            emit(Failed(turn.question, Stopped("The answer was stopped.", hint="Ask again."), safe("".join(written))))
        except AylluError as error:
            emit(Failed(turn.question, error, safe("".join(written))))
        except Exception as error:  # the edge of a question: the face must get it back whatever happened
            unexpected = AylluError(
                f"Something unexpected went wrong: {type(error).__name__}: {error}.",
                hint="Ask again; the log has the details.",
            )
            unexpected.__cause__ = error
            emit(Failed(turn.question, unexpected, safe("".join(written))))

    async def _tried(self, turn: Turn, stop: CancellationToken, written: Sequence[str]) -> Workshop:
        """Run the team until a backend has brought the question to its end; each gets its own style of prompt."""
        async for attempt in Attempts(self._shop.backend):
            async with attempt:  # who is asked is settled while the passages are looked for
                if attempt.after is not None:
                    if written:
                        turn.emit(DraftDropped(f"{one_line(attempt.after.message)} Asking again."))
                    turn.again()

                async def choose(attempt: Attempt = attempt) -> Backend:
                    backend = await attempt.backend()
                    if notice := attempt.notice():
                        turn.emit(Warned(safe(notice)))
                    return backend

                shop = await teams.run(self._team, self._shop, turn, stop, choose)
                attempt.record_answer()
        return shop

    def _whole(self, turn: Turn, shop: Workshop) -> tuple[Answer, Sequence[Passage]]:
        """The answer, and all passages by their marks."""
        found, backend = turn.brought(), shop.backend
        text, short, kind, cited = _composed(turn)
        order: list[Passage] = [*cited, *(one for one in found.passages if one not in cited)]
        shown = [citation(n, passage) for n, passage in enumerate(order, start=1)]
        answer = Answer(
            question=safe(turn.question),
            answer=text,
            short=short,
            kind=kind,
            evidence=tuple(evidence_of(found, order)),
            citations=tuple(shown[: len(cited)]),
            passages=tuple(shown),
            requested_backend=shop.settings.backend,
            backend=backend.name,
            model=backend.model,
            adapter=backend.adapter,
            message_id=new_id("m"),
            session_id=self.session_id,
            answerable=round(turn.answerable, 6),
            warnings=tuple(turn.warnings),
            timings=Timings(
                search_s=round(found.search_s, 4),
                evidence_s=round(found.evidence_s, 4),
                first_token_s=round(turn.first_token_s, 4) if turn.first_token_s is not None else None,
                total_s=round(time.perf_counter() - turn.began, 4),
                tokens=turn.tokens,
            ),
        )
        return answer, order

    def _stored(self, turn: Turn, shop: Workshop, answer: Answer, order: Sequence[Passage]) -> Exchange:
        """`order` are the passages by their marks."""
        settings, found = shop.settings, turn.brought()
        marks = {passage.chunk_id: n for n, passage in enumerate(order, start=1)}
        return Exchange(
            created_at=now(),
            person=current_person(settings),
            question=turn.question,
            query=turn.query,
            style=shop.style,
            team=self._team,
            prompts=tuple(turn.prompts),
            passages=tuple(
                ShownPassage(marks[passage.chunk_id], passage.chunk_id, passage.source, passage.page, passage.text)
                for passage in found.passages
            ),
            candidates=tuple(_scored(candidate, found.sentences, marks) for candidate in turn.candidates),
            answer=answer,
            sampling=Sampling(settings.agents.temperature, settings.agents.max_tokens, shop.seed),
            versions={"ayllu": __version__, "embedder": shop.library.embedder.name},
        )


def _scored(candidate: Ranked, sentences: Sequence[Sentence], marks: Mapping[str, int]) -> ScoredCandidate:
    sentence = sentences[candidate.sentence]
    return ScoredCandidate(
        text=candidate.text,
        score=round(candidate.score, 4),
        share=round(candidate.share, 4),
        logprob=round(candidate.logprob, 4),
        n=marks[sentence.passage.chunk_id],
        start=sentence.start,
        end=sentence.end,
    )


def _composed(turn: Turn) -> tuple[str, str, Kind, list[Passage]]:
    """The shown text, its short core, the kind, and the cited passages in the order of their marks."""
    if turn.verdict == "abstain":
        return ABSTAINED, ABSTAINED, "abstained", []
    if turn.verdict == "draft" and turn.draft:
        text, order = renumbered(turn.draft, turn.brought().passages)
        return text, unmarked(text), "draft", order
    text, order = quoted(turn.short, turn.quoted)
    short = turn.short or " ".join(" ".join(one.text.split()) for one in turn.quoted)
    return text, safe(short), "draft" if turn.short else "quote", order
