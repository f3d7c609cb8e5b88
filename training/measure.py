"""Measuring for the gate: what a model answers to held-out corrections, to the same with the right passage given, and to a
general set of our own writing; how likely it finds the answers wanted; and the verdict on two of these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..agents import prompt_of, tuned_prompt_of
from ..backends import open_backend
from ..evaluation import (
    EvalDoc,
    EvalQuestion,
    EvalSet,
    Guard,
    Prediction,
    Verdict,
    answer_f1,
    answer_scores,
    judge,
    predict_answers,
)
from ..models import Pinned
from . import datasets
from .datasets import Correction, Example
from .general import general_set
from .likelihood import Likelihood, likelihood
from .tune import Parts

MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05}
_SAMPLED = 100  # questions at most that are asked again with the right passage given, and scored by likelihood


@dataclass(frozen=True, slots=True)
class Tuned:
    """A model to be measured: the base with an adapter in both forms, or untuned."""

    pinned: Pinned
    peft: Path | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one model answered and, of the held-out corrections, how likely it finds the answers wanted."""

    held_out: Sequence[Prediction]
    oracle: Sequence[Prediction]
    general: Sequence[Prediction] = ()
    likelihood: Likelihood = Likelihood()  # noqa: RUF009 # frozen

    def figures(self, asked: EvalSet) -> dict[str, float | None]:
        """Of the held-out questions; `oracle_f1` of a sample, with the right passage given; `answer_logprob` a token."""
        said = {**answer_scores(self.held_out, asked), "oracle_f1": None, "answer_logprob": self.likelihood.mean}
        if self.oracle:
            said["oracle_f1"] = answer_scores(self.oracle, asked)["f1"]
        return {name: round(value, 4) if value is not None else None for name, value in said.items()}


async def measured(
    parts: Parts,
    model: Tuned,
    base: Path,
    asked: EvalSet,
    questions: Sequence[EvalQuestion],
    held: Sequence[Correction],
    label: str,
    seed: int,
) -> Measured:
    """Ask `model` the `questions` of `asked`; a sample of them again with the right passage given, and scored by likelihood.

    The sample is of the whole set, so that parts of it add up. `held` are the corrections that the questions are made of.
    """
    sampled = {one.id for one in asked.sample(_SAMPLED, seed)}
    sample = [one for one in questions if one.id in sampled]
    wanted = _answers_wanted(parts, model, asked, sample, held)
    tell = parts.named(f"measuring, {label}")
    likely = await asyncio.to_thread(likelihood, wanted, base, model.peft, "cpu", tell) if wanted else Likelihood()
    backend = open_backend("llamacpp", parts.settings, parts.models, adapters=model.pinned)

    async def ask(questions: Sequence[EvalQuestion], what: str, *, given: bool = False) -> list[Prediction]:
        found, _ = await predict_answers(
            asked,
            questions,
            parts.embedder,
            backend,
            parts.settings,
            prompts=parts.prompts,
            progress=parts.named(f"measuring, {label}{what}"),
            oracle=given,
        )
        return found

    try:
        held_out = await ask(questions, "")
        given = await ask(sample, ", passage given", given=True)
    finally:
        await backend.close()
    return Measured(held_out, given, (), likely)


def _answers_wanted(
    parts: Parts, model: Tuned, asked: EvalSet, sample: Sequence[EvalQuestion], held: Sequence[Correction]
) -> list[Example]:
    """Each question's first answer, asked over the passage that holds it, in the form in which `model` is asked."""
    if parts.style == "prose":
        names = {one.id for one in sample}
        return datasets.examples([one for one in held if one.event_id in names], parts.prompts)
    form = tuned_prompt_of if model.peft is not None else prompt_of
    texts = {one.id: one.text for one in asked.documents}
    return [
        Example(form(texts[next(iter(one.relevant))], one.question, parts.prompts), f" {one.answers[0]}\n", one.id, one.id)
        for one in sample
        if one.relevant and one.answers
    ]


async def general(parts: Parts, model: Tuned, label: str) -> list[Prediction]:
    """What `model` answers to the general set."""
    backend = open_backend("llamacpp", parts.settings, parts.models, adapters=model.pinned)
    asked = general_set()
    try:
        found, _ = await predict_answers(
            asked,
            asked.questions,
            parts.embedder,
            backend,
            parts.settings,
            prompts=parts.prompts,
            progress=parts.named(f"general, {label}"),
        )
    finally:
        await backend.close()
    return found


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
    old, new = (answer_scores(part.general, ours) for part in (before, after))
    held_old, held_new = (answer_scores(part.held_out, asked) for part in (before, after))
    pairs = {
        "general": (old["f1"], new["f1"]),
        "citation_precision": (held_old["citation_precision"], held_new["citation_precision"]),
        "abstention": (old["abstained_unanswerable"], new["abstained_unanswerable"]),
    }
    return {name: Guard(*pair, MARGINS[name]) for name, pair in pairs.items()}


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
