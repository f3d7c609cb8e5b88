"""Measuring for the gate: what a model answers to held-out corrections, to the same with the right passage given, and to a
general set of our own writing; and how likely it finds the right answers, where that is part of the verdict or wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from ...agents import load_span_prompt, load_tuned_prompt
from ...backends import Backend, open_backend
from ...evaluation import EvalQuestion, EvalSet, Prediction, predict_answers
from ..data import Correction, Example, build_examples
from .likelihood import Likelihood, answer_likelihoods
from .measurement import MeasuredModel, Measurement, Questions
from .plan import Plan
from .workspace import Workspace

_SAMPLED = 100  # questions at most that are asked again with the right passage given
_TOGETHER = 8  # questions at a time, where a server or a GPU answers; llama.cpp on a CPU gains nothing by it


async def measure_model(
    workspace: Workspace, model: MeasuredModel, plan: Plan, questions: Questions, label: str
) -> Measurement:
    """What `model` answers, end to end, where it can be answered and where it cannot. With `questions.oracle`, a sample is
    asked again with the right passage given, and scored by likelihood; corrections in prose always are.

    The sample is of the whole set, so that parts of it add up.
    """
    evaluated, unanswerable = questions.evaluated, questions.unanswerable
    sampled = {question.id for question in evaluated.sample(_SAMPLED, plan.settings.seed)}
    sample = [question for question in questions.held_out if question.id in sampled] if questions.oracle else []
    label = f"measuring, {label}"
    async with _at_work(workspace, model) as backend:
        held_out = await _answers(workspace, backend, evaluated, questions.held_out, label)
        missing = await _answers(workspace, backend, unanswerable, unanswerable.questions, f"{label}, answers missing")
        oracle = await _answers(workspace, backend, evaluated, sample, f"{label}, passage given", oracle=True)
    examples = _right_answers(workspace, model, evaluated, sample, questions.corrections)
    likelihoods: dict[str, Likelihood] = {}
    if examples:
        progress = workspace.labelled(label)
        score = partial(answer_likelihoods, examples, plan.base.path, model.peft, plan.settings, progress)
        likelihoods = await asyncio.to_thread(score)
    return Measurement(held_out, missing, oracle, likelihoods=likelihoods)


async def measure_general(workspace: Workspace, model: MeasuredModel, label: str) -> Measurement:
    """What `model` answers to the general set."""
    general = workspace.general
    async with _at_work(workspace, model) as backend:
        answers = await _answers(workspace, backend, general, general.questions, f"general, {label}")
    return Measurement(general=answers)


@asynccontextmanager
async def _at_work(workspace: Workspace, model: MeasuredModel) -> AsyncIterator[Backend]:
    """Who answers with what is learnt, or who stands in for it, with this adapter."""
    target, settings = workspace.target, workspace.settings
    if target.measured_by is not None:
        settings = settings.model_copy(update={"backends": {**settings.backends, target.backend: target.measured_by}})
    backend = open_backend(target.backend, settings, workspace.models, adapters=model.pinned, announce=workspace.announce)
    try:
        yield backend
    finally:
        await backend.close()


async def _answers(
    workspace: Workspace,
    backend: Backend,
    evaluated: EvalSet,
    questions: Sequence[EvalQuestion],
    label: str,
    *,
    oracle: bool = False,
) -> list[Prediction]:
    if not questions:
        return []
    predictions, _ = await predict_answers(
        evaluated,
        questions,
        workspace.embedder,
        backend,
        workspace.settings,
        prompts=workspace.prompts,
        progress=workspace.labelled(label),
        oracle=oracle,
        parallel=1 if workspace.target.form == "gguf" else _TOGETHER,
    )
    return predictions


def _right_answers(
    workspace: Workspace,
    model: MeasuredModel,
    evaluated: EvalSet,
    sample: Sequence[EvalQuestion],
    corrections: Sequence[Correction],
) -> list[Example]:
    """Each question's first answer, asked over the passage that holds it, in the form in which `model` is asked."""
    if workspace.style == "prose":
        return build_examples(corrections, workspace.prompts, answers_only=True)  # of each, for the gate looks at each
    prompt = load_tuned_prompt if model.peft is not None else load_span_prompt
    texts = {document.id: document.text for document in evaluated.documents}
    return [
        Example(
            prompt(texts[next(iter(question.relevant))], question.question, workspace.prompts),
            f" {question.answers[0]}\n",
            question.id,
            question.id,
        )
        for question in sample
        if question.relevant and question.answers
    ]
