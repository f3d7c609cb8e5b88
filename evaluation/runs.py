"""Measuring retrieval, and the whole way of a question, on an evaluation file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..retrieval import Embedder
from .corpus import Progress, heeding, rank_documents, temporary_library
from .interviewing import predict_answers, silent
from .predictions import Gold, Prediction, PredictionsFile
from .provenance import describe_answering, describe_retrieval, describe_set
from .scores import score_answers, score_retrieval
from .sets import EvalSet

if TYPE_CHECKING:
    from ..agents import Memory, Refits, SecondReader
    from ..backends import Backend
    from ..config import Settings


def evaluate_retrieval(
    eval_set: EvalSet,
    embedder: Embedder,
    *,
    mode: str = "hybrid",
    limit: int | None = None,
    seed: int = 0,
    predictions: Path | None = None,
    progress: Progress | None = None,
    memory: Memory | None = None,
    refits: Refits | None = None,
) -> dict[str, Any]:
    """Whether each question's own document comes back, over all documents of the file.

    A question with a conversation before it is searched for as the chat would, by rule, and as it was typed. `memory`,
    `refits`: passages that a person's words tie to questions, and what is fitted to their judgements, take part.
    """
    from ..agents import with_history

    report = progress or silent
    questions, long_answers = eval_set.sample(limit, seed), eval_set.long_answers
    run = {"command": "retrieval", **describe_set(eval_set, limit, seed), **describe_retrieval(embedder, mode)}
    if memory is not None:
        run["memory"] = True
    kept = PredictionsFile(predictions, run)
    predicted: list[Prediction] = []
    with temporary_library(eval_set, embedder, report) as (library, _), kept:
        started = time.perf_counter()
        for number, question in enumerate(questions, start=1):
            typed = query = question.question
            if question.history:
                query = with_history(typed, question.history)
            prediction = Prediction(
                question.id,
                *("", "", "", False, [], []),
                rank_documents(library, query, mode, **heeding(library, typed, query, memory, refits)),
                ranked_typed=rank_documents(library, typed, mode) if query != typed else None,
                query=query,
            )
            predicted.append(prediction)
            if question.id not in kept.written:
                kept.write(prediction, Gold(question, long_answers))
            report("searching", number, len(questions))
        seconds = time.perf_counter() - started
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
    model_file: Path | None = None,
    parallel: int = 1,
    progress: Progress | None = None,
    second_reader: SecondReader | None = None,
    memory: Memory | None = None,
    refits: Refits | None = None,
) -> dict[str, Any]:
    """The settings' team end to end, each question after its own conversation, and otherwise in one of its own.

    What `predictions` has already of the same run is not asked again. `model_file` holds the weights, where they are here.
    `parallel` questions are under way at a time, so that the seconds of each are longer, and all together fewer. `memory`,
    `refits`: what a person said of earlier answers, and what is fitted to it, take part.
    """
    from ..agents import find_team

    find_team(settings.agents.team)  # before anything is loaded
    questions = eval_set.sample(limit, seed)
    run = {
        "command": "answers",
        **describe_set(eval_set, limit, seed),
        **describe_answering(backend, embedder, settings, prompts, model_file),
    }
    with PredictionsFile(predictions, run) as kept:
        predicted, seconds = await predict_answers(
            eval_set,
            questions,
            embedder,
            backend,
            settings,
            seed=seed,
            prompts=prompts,
            progress=progress,
            kept=kept,
            parallel=parallel,
            second_reader=second_reader,
            memory=memory,
            refits=refits,
        )
    return {
        **_rounded(score_answers(predicted, eval_set)),
        **_rounded(score_retrieval(predicted, eval_set)),
        "seconds_per_question": round(sum(seconds) / len(seconds), 4),
        "seconds_p95": round(sorted(seconds)[int(0.95 * (len(seconds) - 1))], 4),
        "questions": len(questions),
        "unanswerable": sum(question.impossible for question in questions),
        "underspecified": sum(question.underspecified for question in questions),
        "documents": len(eval_set.documents),
        "team": settings.agents.team,
        "backend": backend.name,
        "model": backend.model,
        "adapter": backend.adapter,
        "seed": seed,
        "parallel": parallel,
    }


def _rounded(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
