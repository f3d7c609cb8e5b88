"""Measuring retrieval, and the whole way of a question, on an evaluation file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..retrieval import Embedder
from .corpus import COLLECTION, Progress, alone, ranked_documents, temporary_library
from .scores import Prediction, score_answers, score_retrieval, write
from .sets.files import EvalQuestion, EvalSet

if TYPE_CHECKING:
    from ..backends import Backend
    from ..config import Settings


def evaluate_retrieval(
    whole: EvalSet,
    embedder: Embedder,
    *,
    mode: str = "hybrid",
    limit: int | None = None,
    seed: int = 0,
    predictions: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Whether each question's own document comes back, over all documents of the file."""
    tell = progress or _silent
    questions = whole.sample(limit, seed)
    found: list[Prediction] = []
    with temporary_library(whole, embedder, tell) as (library, _):
        began = time.perf_counter()
        for at, asked in enumerate(questions, start=1):
            ranked = ranked_documents(library, asked.question, mode)
            found.append(Prediction(asked.id, "", "", "", False, [], [], ranked))
            tell("searching", at, len(questions))
        seconds = time.perf_counter() - began
    if predictions is not None:
        write(predictions, found)
    return {
        **_rounded(score_retrieval(found, whole)),
        "questions": len(questions),
        "documents": len(whole.documents),
        "mode": mode,
        "seconds_per_question": round(seconds / len(questions), 5),
    }


async def evaluate_answers(
    whole: EvalSet,
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
    questions = whole.sample(limit, seed)
    found, taken = await predict_answers(
        whole, questions, embedder, backend, settings, seed=seed, prompts=prompts, progress=progress
    )
    if predictions is not None:
        write(predictions, found)
    return {
        **_rounded(score_answers(found, whole)),
        **_rounded(score_retrieval(found, whole)),
        "seconds_per_question": round(sum(taken) / len(taken), 4),
        "seconds_p95": round(sorted(taken)[int(0.95 * (len(taken) - 1))], 4),
        "questions": len(questions),
        "unanswerable": sum(one.impossible for one in questions),
        "documents": len(whole.documents),
        "backend": backend.name,
        "model": backend.model,
        "adapter": backend.adapter,
        "seed": seed,
    }


async def predict_answers(
    whole: EvalSet,
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
    """What the default team answers to `questions` over all documents of `whole`, and the seconds each took.

    With `oracle`, over the first document that answers each, and nothing else: what is left of the mistakes is reading, not
    finding. The team may not abstain then, and a question that no document answers is not asked.
    """
    from ..conversations import Conversations

    tell = progress or _silent
    found: list[Prediction] = []
    taken: list[float] = []
    if oracle:
        questions = [one for one in questions if one.relevant]
        needed = {next(iter(one.relevant)) for one in questions}
        whole = EvalSet([one for one in whole.documents if one.id in needed], questions)
        settings = settings.model_copy(update={"agents": settings.agents.model_copy(update={"critic_threshold": 0.0})})
    with temporary_library(whole, embedder, tell, settings.retrieval.chunk_tokens, apart=oracle) as (library, folder):
        conversations = Conversations.open(folder / "conversations.sqlite")
        try:
            asker = _Asker(library, backend, conversations, settings, prompts, seed)
            await asker.session(COLLECTION).warm()
            for at, asked in enumerate(questions, start=1):
                where = alone(next(iter(asked.relevant))) if oracle else COLLECTION
                began = time.perf_counter()
                found.append(await asker.ask(asked.id, asked.question, where))
                taken.append(time.perf_counter() - began)
                tell("asking", at, len(questions))
        finally:
            conversations.close()
    return found, taken


class _Asker:
    """Asks each question in a new session and writes down what came of it."""

    def __init__(self, library: Any, backend: Any, conversations: Any, settings: Any, prompts: Any, seed: int) -> None:
        self._parts = (library, backend, conversations, settings)
        self._options = {"prompts": prompts, "seed": seed}
        self._library = library
        self._mode = settings.retrieval.mode

    def session(self, collection: str) -> Any:
        from ..agents import ChatSession

        return ChatSession(*self._parts, collection=collection, **self._options)

    async def ask(self, question_id: str, question: str, collection: str) -> Prediction:
        answer = await self.session(collection).ask_once(question)
        ranked = ranked_documents(self._library, question, self._mode)
        return Prediction(
            question_id,
            answer.answer,
            answer.short,
            answer.kind,
            answer.abstained,
            [one.text for one in answer.citations],
            [one.text for one in answer.evidence],
            ranked,
            answer.answerable,
        )


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
