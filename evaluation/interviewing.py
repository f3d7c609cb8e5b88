"""Questions put to a team, each in a conversation of its own, and what came of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..retrieval import Embedder, Library
from .corpus import EVAL_COLLECTION, Progress, heeding, own_collection, rank_documents, temporary_library
from .predictions import Gold, Prediction, PredictionsFile
from .sets import EvalDoc, EvalQuestion, EvalSet
from .support import Support, measure_support

if TYPE_CHECKING:
    from ..agents import ChatSession, Event, Memory, Refits, SecondReader
    from ..backends import Backend
    from ..config import Settings
    from ..conversations import Answer, Citation, Conversations, Exchange


async def predict_answers(
    eval_set: EvalSet,
    questions: Sequence[EvalQuestion],
    embedder: Embedder,
    backend: Backend,
    settings: Settings,
    *,
    seed: int = 0,
    prompts: Path | None = None,
    progress: Progress | None = None,
    oracle: bool = False,
    kept: PredictionsFile | None = None,
    parallel: int = 1,
    second_reader: SecondReader | None = None,
    memory: Memory | None = None,
    refits: Refits | None = None,
) -> tuple[list[Prediction], list[float]]:
    """What the settings' team answers to `questions` over all documents of `eval_set`, and the seconds each took.

    With `oracle`, over the first document that answers each, and nothing else: what is left of the mistakes is reading, not
    finding. The team may not abstain then, and a question that no document answers is not asked. What `kept` has already is
    not asked again. `parallel` questions are under way at a time.
    """
    from ..conversations import Conversations

    report = progress or silent
    long_answers = eval_set.long_answers
    kept = kept or PredictionsFile(None, {})
    if oracle:
        questions = [question for question in questions if question.relevant]
        eval_set = EvalSet(_first_relevant(eval_set, questions), questions)
        settings = settings.model_copy(update={"agents": settings.agents.model_copy(update={"critic_threshold": 0.0})})
    waiting = [question for question in questions if question.id not in kept.written]
    if waiting:
        chunk_tokens = settings.retrieval.chunk_tokens
        with temporary_library(eval_set, embedder, report, chunk_tokens, apart=oracle) as (library, folder):
            conversations = Conversations.open(folder / "conversations.sqlite")
            interviewer = _Interviewer(
                library, backend, conversations, settings, prompts, seed, second_reader, memory, refits
            )
            try:
                await interviewer.open_session(EVAL_COLLECTION).warm()

                async def answer(question: EvalQuestion) -> None:
                    collection = own_collection(next(iter(question.relevant))) if oracle else EVAL_COLLECTION
                    kept.write(await interviewer.ask(question, collection), Gold(question, long_answers))
                    report("asking", sum(each.id in kept.written for each in questions), len(questions))

                report("asking", len(questions) - len(waiting), len(questions))
                await _each(waiting, answer, parallel)
            finally:
                conversations.close()
    predicted = [kept.written[question.id] for question in questions]
    return predicted, [prediction.seconds for prediction in predicted]


async def _each(questions: Sequence[EvalQuestion], answer: Callable[[EvalQuestion], Awaitable[None]], parallel: int) -> None:
    """All of them, in their order, `parallel` at a time. The first failure ends the others."""
    waiting = deque(questions)

    async def work() -> None:
        while waiting:
            await answer(waiting.popleft())

    workers = [asyncio.create_task(work()) for _ in range(parallel)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Interviewer:
    """Asks each question in a new session, after its own conversation, and writes down what came of it."""

    def __init__(
        self,
        library: Library,
        backend: Backend,
        conversations: Conversations,
        settings: Settings,
        prompts: Path | None,
        seed: int,
        second_reader: SecondReader | None,
        memory: Memory | None,
        refits: Refits | None,
    ) -> None:
        self._library = library
        self._backend = backend
        self._conversations = conversations
        self._settings = settings
        self._prompts = prompts
        self._seed = seed
        self._second_reader = second_reader
        self._memory = memory
        self._refits = refits

    def open_session(self, collection: str) -> ChatSession:
        from ..agents import ChatSession

        return ChatSession(
            self._library,
            self._backend,
            self._conversations,
            self._settings,
            collections=[collection],
            prompts=self._prompts,
            seed=self._seed,
            passages=self._settings.retrieval.passages,  # however fast this machine is now
            second_reader=self._second_reader,
            whole_documents=False,  # a file's questions are about its passages
            memory=self._memory,
            refits=self._refits,
        )

    async def ask(self, question: EvalQuestion, collection: str) -> Prediction:
        started = time.perf_counter()
        session, draft = self.open_session(collection), _DraftKept()
        for turn in question.history:
            self._conversations.save(_earlier_exchange(session.session_id, *turn))
        answer = await session.ask_once(question.question, draft)
        seconds = time.perf_counter() - started
        exchange = self._conversations.get(answer.message_id)
        support = self._support(exchange)
        mode = self._settings.retrieval.mode
        typed = question.question
        return Prediction(
            question.id,
            answer.answer,
            answer.short,
            answer.kind,
            answer.abstained,
            [citation.text for citation in answer.citations],
            [evidence.text for evidence in answer.evidence],
            rank_documents(
                self._library,
                exchange.query,
                mode,
                also=self._typed_as_well(question, exchange.query),
                **heeding(self._library, typed, exchange.query, self._memory, self._refits),
            ),
            answer.answerable,
            ranked_typed=rank_documents(self._library, typed, mode) if exchange.query != typed else None,
            query=exchange.query,
            style=_style(exchange),
            draft=draft.text(answer),
            passages=[passage.text for passage in answer.passages],
            supported=support.supported,
            citation_support=support.citation_support,
            second_reading=asdict(answer.second_reading) if answer.second_reading else None,
            seconds=round(seconds, 4),
        )

    def _typed_as_well(self, question: EvalQuestion, query: str) -> str:
        """What was searched for besides `query`: the words typed, where a model has written them out."""
        from ..agents import subject, with_history

        typed = question.question
        if not question.history:
            return ""
        by_rule = with_history(typed, question.history)
        return "" if query == by_rule else subject(typed)

    def _support(self, exchange: Exchange) -> Support:
        answer = exchange.answer
        if answer.abstained or not answer.answer:
            return Support(None, None)
        return measure_support(self._library, answer.answer, [_headed(passage) for passage in answer.passages])


class _DraftKept:
    """Keeps the words of a model as they come, those as well that are withdrawn."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._withdrawn = ""

    def __call__(self, event: Event) -> None:
        from ..agents import DraftDropped, Token

        match event:
            case Token(text=text):
                self._pieces.append(text)
            case DraftDropped():
                self._withdrawn = "".join(self._pieces)
                self._pieces.clear()

    def text(self, answer: Answer) -> str:
        """The draft that became the answer, or in whose place something else did."""
        return "".join(self._pieces) if answer.kind == "draft" and answer.withdrawn is None else self._withdrawn


def _earlier_exchange(session_id: str, question: str, answer: str) -> Exchange:
    """A turn of a conversation that was had elsewhere. What was read for it nobody knows: its answer stands for that."""
    from ..conversations import Answer, Exchange, ShownPassage, new_id

    return Exchange(
        question=question,
        query=question,
        style="prose",
        passages=(ShownPassage(1, "", "", None, answer),),
        answer=Answer(
            question=question,
            answer=answer,
            short=answer,
            kind="imported",
            evidence=(),
            citations=(),
            passages=(),
            requested_backend="",
            backend="",
            model="",
            adapter=None,
            message_id=new_id("m"),
            session_id=session_id,
        ),
    )


def _style(exchange: Exchange) -> str:
    """How it was written: a model that points writes prose when it is asked in messages."""
    return "prose" if exchange.prompts and isinstance(exchange.prompts[0], _chat_message()) else exchange.style


def _chat_message() -> type:
    from ..conversations import ChatMessage

    return ChatMessage


def _headed(passage: Citation) -> str:
    return f"{passage.heading}\n{passage.text}" if passage.heading else passage.text


def _first_relevant(eval_set: EvalSet, questions: Sequence[EvalQuestion]) -> Sequence[EvalDoc]:
    needed = {next(iter(question.relevant)) for question in questions}
    return [document for document in eval_set.documents if document.id in needed]


def silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
