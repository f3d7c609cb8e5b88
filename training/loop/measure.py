"""Measuring for the gate: what a model answers to held-out corrections, to the same with the right passage given, and to a
general set of our own writing; how likely it finds the answers wanted; and the verdict on two of these.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ...adapters import PinnedAdapter
from ...agents import prompt_of, tuned_prompt_of
from ...backends import Backend, open_backend
from ...evaluation import (
    EvalDoc,
    EvalQuestion,
    EvalSet,
    Guard,
    Prediction,
    Verdict,
    answer_f1,
    judge,
    predict_answers,
    score_answers,
)
from ..data import corrections as datasets
from ..data.corrections import Correction, Example
from ..data.general import general_set
from .likelihood import Likelihood, likelihood
from .plan import Workspace

MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05}
_SAMPLED = 100  # questions at most that are asked again with the right passage given, and scored by likelihood


@dataclass(frozen=True, slots=True)
class Tuned:
    """A model to be measured: the base with an adapter in both forms, or untuned."""

    pinned: PinnedAdapter
    peft: Path | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a model: the questions `held` out (of `asked`, with its documents), and those that cannot be
    answered (of `absent`). `corrections` are those that the held-out questions are made of.
    """

    asked: EvalSet
    held: Sequence[EvalQuestion]
    corrections: Sequence[Correction]
    absent: EvalSet

    def part(self, corrections: Sequence[Correction]) -> Questions:
        """Those made of these corrections alone, over the same documents."""
        names = {one.event_id for one in corrections}
        absent = [one for one in self.absent.questions if one.id in names]
        return Questions(
            self.asked,
            [one for one in self.held if one.id in names],
            corrections,
            EvalSet(self.absent.documents, absent),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What one model answered and, of the held-out corrections, how likely it finds the answers wanted."""

    held_out: Sequence[Prediction] = ()
    absent: Sequence[Prediction] = ()  # to questions whose answers are missing
    oracle: Sequence[Prediction] = ()
    general: Sequence[Prediction] = ()
    likelihood: Likelihood = Likelihood()  # noqa: RUF009 # frozen

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            [*self.held_out, *other.held_out],
            [*self.absent, *other.absent],
            [*self.oracle, *other.oracle],
            [*self.general, *other.general],
            self.likelihood + other.likelihood,
        )

    def f1(self, asked: EvalSet) -> float:
        """Of the held-out questions; refused ones count 0."""
        return float(score_answers(self.held_out, asked)["f1"] or 0.0)

    def unanswerable(self, asked: EvalSet) -> list[Prediction]:
        """To all questions of the file that cannot be answered."""
        impossible = {one.id for one in asked.questions if one.impossible}
        return [*self.absent, *(one for one in self.held_out if one.id in impossible)]

    def figures(self, asked: EvalSet) -> dict[str, float | None]:
        """Of the held-out questions; `oracle_f1` of a sample, with the right passage given; `answer_logprob` a token."""
        said = {**score_answers(self.held_out, asked), "oracle_f1": None, "answer_logprob": self.likelihood.mean}
        said["abstained_unanswerable"] = refused(self.unanswerable(asked))
        if self.oracle:
            said["oracle_f1"] = score_answers(self.oracle, asked)["f1"]
        return {name: round(value, 4) if value is not None else None for name, value in said.items()}


async def measured(parts: Workspace, model: Tuned, questions: Questions, label: str) -> Measured:
    """What `model` answers, end to end, where it can be answered and where it cannot."""
    absent = questions.absent
    async with _at_work(parts, model) as backend:
        held_out = await _answers(parts, backend, questions.asked, questions.held, f"measuring, {label}")
        missing = await _answers(parts, backend, absent, absent.questions, f"measuring, {label}, answers missing")
    return Measured(held_out, missing)


async def looked_into(parts: Workspace, model: Tuned, base: Path, questions: Questions, label: str, seed: int) -> Measured:
    """A sample asked again with the right passage given, and scored by likelihood.

    The sample is of the whole set, so that parts of it add up.
    """
    sampled = {one.id for one in questions.asked.sample(_SAMPLED, seed)}
    sample = [one for one in questions.held if one.id in sampled]
    wanted = _answers_wanted(parts, model, questions.asked, sample, questions.corrections)
    tell = parts.named(f"measuring, {label}")
    likely = await asyncio.to_thread(likelihood, wanted, base, model.peft, "cpu", tell) if wanted else Likelihood()
    async with _at_work(parts, model) as backend:
        given = await _answers(parts, backend, questions.asked, sample, f"measuring, {label}, passage given", oracle=True)
    return Measured(oracle=given, likelihood=likely)


async def general(parts: Workspace, model: Tuned, label: str) -> Measured:
    """What `model` answers to the general set."""
    asked = general_set()
    async with _at_work(parts, model) as backend:
        return Measured(general=await _answers(parts, backend, asked, asked.questions, f"general, {label}"))


@asynccontextmanager
async def _at_work(parts: Workspace, model: Tuned) -> AsyncIterator[Backend]:
    backend = open_backend("llamacpp", parts.settings, parts.models, adapters=model.pinned)
    try:
        yield backend
    finally:
        await backend.close()


async def _answers(
    parts: Workspace,
    backend: Backend,
    asked: EvalSet,
    questions: Sequence[EvalQuestion],
    label: str,
    *,
    oracle: bool = False,
) -> list[Prediction]:
    if not questions:
        return []
    found, _ = await predict_answers(
        asked,
        questions,
        parts.embedder,
        backend,
        parts.settings,
        prompts=parts.prompts,
        progress=parts.named(label),
        oracle=oracle,
    )
    return found


def _answers_wanted(
    parts: Workspace, model: Tuned, asked: EvalSet, sample: Sequence[EvalQuestion], held: Sequence[Correction]
) -> list[Example]:
    """Each question's first answer, asked over the passage that holds it, in the form in which `model` is asked."""
    if parts.style == "prose":
        names = {one.id for one in sample}
        return datasets.build_examples([one for one in held if one.event_id in names], parts.prompts, answers_only=True)
    form = tuned_prompt_of if model.peft is not None else prompt_of
    texts = {one.id: one.text for one in asked.documents}
    return [
        Example(form(texts[next(iter(one.relevant))], one.question, parts.prompts), f" {one.answers[0]}\n", one.id, one.id)
        for one in sample
        if one.relevant and one.answers
    ]


def verdict(asked: EvalSet, before: Measured, after: Measured, seed: int) -> Verdict:
    """The gate's word on the paired F1 of the answerable held-out questions, and on the guards."""
    questions = {one.id: one for one in asked.questions}
    possible = [one for one in before.held_out if not questions[one.id].impossible]
    later = {one.id: one for one in after.held_out}

    def score(one: Prediction) -> float:
        return 0.0 if one.abstained else answer_f1(one.short, questions[one.id].answers)

    old, new = [score(one) for one in possible], [score(later[one.id]) for one in possible]
    return judge(
        "f1", old, new, [one == 1.0 for one in old], [one == 1.0 for one in new], _guards(asked, before, after), seed
    )


def _guards(asked: EvalSet, before: Measured, after: Measured) -> Mapping[str, Guard]:
    ours = general_set()
    old, new = (score_answers(part.general, ours) for part in (before, after))
    held_old, held_new = (score_answers(part.held_out, asked) for part in (before, after))
    shares = [refused([*part.unanswerable(asked), *Measured(part.general).unanswerable(ours)]) for part in (before, after)]
    pairs = {
        "general": (old["f1"], new["f1"]),
        "citation_precision": (held_old["citation_precision"], held_new["citation_precision"]),
        "abstention": (shares[0], shares[1]),
    }
    return {name: Guard(*pair, MARGINS[name]) for name, pair in pairs.items()}


def refused(predictions: Sequence[Prediction]) -> float | None:
    """The share that was not answered."""
    return sum(one.abstained for one in predictions) / len(predictions) if predictions else None


def held_out_set(held: Sequence[Correction], found: Sequence[Correction]) -> EvalSet:
    """The corrections `held` as an evaluation set, over the passages of all that were `found`; the one cited comes first."""
    texts = list(dict.fromkeys(str(passage["text"]) for one in found for passage in one.passages))
    names = {text: str(at) for at, text in enumerate(texts)}
    questions = [
        EvalQuestion(
            one.event_id,
            one.question,
            [one.answer],
            {
                names[text]: 1
                for text in sorted((str(passage["text"]) for passage in one.passages), key=lambda text: text != one.cited)
                if one.answer in " ".join(text.split())
            },
        )
        for one in held
    ]
    return EvalSet([EvalDoc(name, text) for text, name in names.items()], questions)
