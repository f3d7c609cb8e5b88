"""Measuring retrieval, and the whole way of a question, on an evaluation file."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..retrieval import Embedder, Library
from .corpus import EVAL_COLLECTION, Progress, own_collection, rank_documents, temporary_library
from .scores import Prediction, score_answers, score_retrieval, write_predictions
from .sets import EvalDoc, EvalQuestion, EvalSet

if TYPE_CHECKING:
    from ..agents import ChatSession
    from ..backends import Backend
    from ..config import Settings
    from ..conversations import Conversations


def evaluate_retrieval(
    eval_set: EvalSet,
    embedder: Embedder,
    *,
    mode: str = "hybrid",
    limit: int | None = None,
    seed: int = 0,
    predictions: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Whether each question's own document comes back, over all documents of the file."""
    report = progress or _silent
    questions = eval_set.sample(limit, seed)
    predicted: list[Prediction] = []
    with temporary_library(eval_set, embedder, report) as (library, _):
        started = time.perf_counter()
        for number, question in enumerate(questions, start=1):
            ranked = rank_documents(library, question.question, mode)
            predicted.append(Prediction(question.id, "", "", "", False, [], [], ranked))
            report("searching", number, len(questions))
        seconds = time.perf_counter() - started
    if predictions is not None:
        write_predictions(predictions, predicted)
    return {
        **_rounded(score_retrieval(predicted, eval_set)),
        "questions": len(questions),
        "documents": len(eval_set.documents),
        "mode": mode,
        "seconds_per_question": round(seconds / len(questions), 5),
    }


async def evaluate_answers(
    eval_set: EvalSet,
    embedder: Embedder,
    backend: Backend,
    settings: Settings,
    *,
    limit: int | None = None,
    seed: int = 0,
    predictions: Path | None = None,
    prompts: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The default team end to end, each question in a conversation of its own."""
    questions = eval_set.sample(limit, seed)
    predicted, seconds = await predict_answers(
        eval_set, questions, embedder, backend, settings, seed=seed, prompts=prompts, progress=progress
    )
    if predictions is not None:
        write_predictions(predictions, predicted)
    return {
        **_rounded(score_answers(predicted, eval_set)),
        **_rounded(score_retrieval(predicted, eval_set)),
        "seconds_per_question": round(sum(seconds) / len(seconds), 4),
        "seconds_p95": round(sorted(seconds)[int(0.95 * (len(seconds) - 1))], 4),
        "questions": len(questions),
        "unanswerable": sum(question.impossible for question in questions),
        "documents": len(eval_set.documents),
        "backend": backend.name,
        "model": backend.model,
        "adapter": backend.adapter,
        "seed": seed,
    }


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
) -> tuple[list[Prediction], list[float]]:
    """What the default team answers to `questions` over all documents of `eval_set`, and the seconds each took.

    With `oracle`, over the first document that answers each, and nothing else: what is left of the mistakes is reading, not
    finding. The team may not abstain then, and a question that no document answers is not asked.
    """
    from ..conversations import Conversations

    report = progress or _silent
    predicted: list[Prediction] = []
    seconds: list[float] = []
    if oracle:
        questions = [question for question in questions if question.relevant]
        eval_set = EvalSet(_first_relevant(eval_set, questions), questions)
        settings = settings.model_copy(update={"agents": settings.agents.model_copy(update={"critic_threshold": 0.0})})
    chunk_tokens = settings.retrieval.chunk_tokens
    with temporary_library(eval_set, embedder, report, chunk_tokens, apart=oracle) as (library, folder):
        conversations = Conversations.open(folder / "conversations.sqlite")
        interviewer = _Interviewer(library, backend, conversations, settings, prompts, seed)
        try:
            await interviewer.open_session(EVAL_COLLECTION).warm()
            for number, question in enumerate(questions, start=1):
                collection = own_collection(next(iter(question.relevant))) if oracle else EVAL_COLLECTION
                started = time.perf_counter()
                predicted.append(await interviewer.ask(question, collection))
                seconds.append(time.perf_counter() - started)
                report("asking", number, len(questions))
        finally:
            conversations.close()
    return predicted, seconds


class _Interviewer:
    """Asks each question in a new session and writes down what came of it."""

    def __init__(
        self,
        library: Library,
        backend: Backend,
        conversations: Conversations,
        settings: Settings,
        prompts: Path | None,
        seed: int,
    ) -> None:
        self._library = library
        self._backend = backend
        self._conversations = conversations
        self._settings = settings
        self._prompts = prompts
        self._seed = seed

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
        )

    async def ask(self, question: EvalQuestion, collection: str) -> Prediction:
        answer = await self.open_session(collection).ask_once(question.question)
        ranked = rank_documents(self._library, question.question, self._settings.retrieval.mode)
        return Prediction(
            question.id,
            answer.answer,
            answer.short,
            answer.kind,
            answer.abstained,
            [citation.text for citation in answer.citations],
            [evidence.text for evidence in answer.evidence],
            ranked,
            answer.answerable,
        )


def _first_relevant(eval_set: EvalSet, questions: Sequence[EvalQuestion]) -> Sequence[EvalDoc]:
    needed = {next(iter(question.relevant)) for question in questions}
    return [document for document in eval_set.documents if document.id in needed]


def _rounded(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
