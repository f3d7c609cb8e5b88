"""The loop: from the log to an adapter that measures better and is put to work, or is kept as a candidate with the reason.

The adapter put to work has learnt from every correction. Held out are they from others, made for the measuring alone in the
same way: below 200 corrections each is held out once (k folds: it is answered by an adapter that has not seen it); above,
one to three fifths of the conversations are. Both models answer the same held-out questions through the whole team, over
all passages of the corrections.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ...adapters import Adapter, PinnedAdapter
from ...evaluation import EvalSet, Verdict
from ...feedback import FeedbackEvent, stats
from ..data import corrections as datasets
from ..data.corrections import Correction
from ..data.general import general_set
from ..errors import Unsupported
from ..export import gguf as gguf_adapter
from ..methods import bases, sft
from ..methods import hyperparameters as hyper
from . import plan as tune
from .caching_embedder import Remembered
from .folds import Candidate, candidate
from .measure import Measured, Questions, Tuned, general, held_out_set, looked_into, measured, verdict
from .plan import Plan, TrainedAdapter, Workspace
from .report import write as write_report
from .threshold import unanswerable

_ABSENT = 60  # questions at most that are asked where their answers are missing


@dataclass(frozen=True, slots=True)
class Improvement:
    """What came of it: the contract's `improve` object."""

    adapter_id: str
    verdict: Verdict
    steps: int
    train_events: int
    heldout_events: int
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        said = self.verdict.to_json()
        guards = {name: {key: guard[key] for key in ("before", "after", "margin")} for name, guard in said["guards"].items()}
        return {
            **said,
            "guards": guards,
            "adapter_id": self.adapter_id,
            "steps": self.steps,
            "train_events": self.train_events,
            "heldout_events": self.heldout_events,
            **self.details,
        }


@dataclass(frozen=True, slots=True)
class _Split:
    """Which corrections are learnt from, and what both models are asked. `folds`: which are held out, each by itself."""

    learnt: Sequence[Correction]
    folds: Sequence[Sequence[Correction]]
    left_out: Mapping[str, int]
    asked: EvalSet
    known: int = 0  # how many of the questions the adapter in use has learnt from

    @property
    def held(self) -> list[Correction]:
        return [one for fold in self.folds for one in fold]

    @property
    def described(self) -> str:
        """What is learnt from and asked, for whoever waits."""
        folds = f", in {len(self.folds)} folds" if len(self.folds) > 1 else ""
        how = folds or (", by an adapter that has not learnt from them" if self.folds else "")
        known = (
            f" The adapter in use knows {self.known} of them: it is harder to beat than it should be." if self.known else ""
        )
        return f"{len(self.learnt)} corrections; measured on {len(self.asked.questions)} questions{how}.{known}"


async def improve(
    events: Sequence[FeedbackEvent],
    parts: Workspace,
    *,
    options: hyper.TrainingOptions,
    data: EvalSet | None = None,
) -> Improvement:
    """Train, export, measure, and promote where it is better. `data` is measured on instead of held-out corrections.

    Killed and run again, it takes up what stands in `parts.work`.

    Raises:
        TooLittle: there is too little to learn from.
        ExtraMissing: the `train` extra is not installed.
        NoParity, Unsupported: the adapter cannot be exported, or not be measured with the model in use.
    """
    sft.check_installed()
    parts = replace(parts, embedder=Remembered(parts.embedder))
    base = await asyncio.to_thread(bases.find, options.base, parts.models, parts.chat)
    _check_measurable(base, parts)
    split = await asyncio.to_thread(_split, events, parts, base, data, options.seed)
    plan = await asyncio.to_thread(_planned, parts, base, split, split.learnt, options)
    parts.say(split.described)
    made = await tune.made(parts, plan)
    absent = unanswerable(split.asked, _ABSENT, options.seed)
    questions = Questions(split.asked, split.asked.questions, split.held, absent)
    before = await _before(parts, plan, questions)
    silent = replace(parts, announce=None)
    after = await candidate(
        parts,
        plan,
        made,
        split.learnt,
        questions,
        before,
        split.folds,
        lambda rest: _planned(silent, base, split, rest, options),
    )
    said = verdict(split.asked, before, after.measured, options.seed)
    entry = await asyncio.to_thread(
        tune.entry, parts, plan, stats(events).corrections, metrics=said.to_json(), reason=said.reason
    )
    details = {
        "train_seconds": made.trained.seconds,
        **tune.figures_of(made),
        "dataset": plan.card.to_json(),
        "settings": asdict(plan.settings),
        "figures": {"before": before.figures(split.asked), "after": after.measured.figures(split.asked)},
        **after.details,
    }
    done = Improvement(entry.adapter_id, said, made.trained.steps, len(split.learnt), len(split.asked.questions), details)
    await asyncio.to_thread(_keep, parts, plan, entry, done, made, split.asked, before, after)
    if said.promoted:
        parts.registry.promote(entry.adapter_id)
    return done


def _check_measurable(base: bases.Base, parts: Workspace) -> None:
    gguf_adapter.check_supported(gguf_adapter.base_config(base.path))
    chat = parts.models.info(parts.chat).name
    if base.gguf is None or base.name != chat:
        raise Unsupported(
            f"{base.name} is not the model in use ({chat}), nor of its shape: what is learnt on it cannot be measured here.",
            hint="`ayllu train sft --base …` trains without measuring; or make it the model in use (`models.chat`).",
        )


def _split(events: Sequence[FeedbackEvent], parts: Workspace, base: bases.Base, data: EvalSet | None, seed: int) -> _Split:
    avoid = [one.question for one in (*(data.questions if data else ()), *general_set().questions)]
    found, left_out = datasets.collect_corrections(events, parts.style, avoid)
    datasets.check_trainable(found, left_out)
    if data is not None:
        return _Split(found, [], left_out, data)
    active = parts.registry.active(base.name)
    known = tune.learnt_from(parts.registry.path(active.adapter_id).parent) if active is not None else frozenset()
    if known is None:  # an earlier version's: it may have learnt from each
        known = frozenset(one.group for one in found)
    folds = datasets.held_out(found, known, seed)
    held = [one for fold in folds for one in fold]
    learnt = datasets.learnt_already(found, known)
    return _Split(found, folds, left_out, held_out_set(held, found), sum(one.event_id in learnt for one in held))


def _planned(
    parts: Workspace, base: bases.Base, split: _Split, learnt: Sequence[Correction], options: hyper.TrainingOptions
) -> Plan:
    validated: Sequence[Correction] = ()
    examples = datasets.build_examples(learnt, parts.prompts, options.seed)
    if len(learnt) >= tune.VALIDATED_FROM and hyper.epochs(options, len(examples)) > 1:  # or it cannot end early
        learnt, validated = tune.aside(learnt, options.seed)
        examples = datasets.build_examples(learnt, parts.prompts, options.seed)
    more = datasets.build_examples(validated, parts.prompts, options.seed, answers_only=True)
    return tune.planned(parts, base, examples, more, datasets.dataset_card(learnt, examples, split.left_out), options)


async def _before(parts: Workspace, plan: Plan, questions: Questions) -> Measured:
    """Of what is in use: an adapter, or the untuned model."""
    active = parts.registry.active(plan.base.name)
    model = Tuned(PinnedAdapter(None))
    if active is not None:
        path = parts.registry.path(active.adapter_id)
        model = Tuned(PinnedAdapter(active.adapter_id, path), path.parent / "peft")
    answers = await measured(parts, model, questions, "before")
    answers += await looked_into(parts, model, plan.base.path, questions, "before", plan.settings.seed)
    return answers + await general(parts, model, "before")


def _keep(
    parts: Workspace,
    plan: Plan,
    entry: Adapter,
    done: Improvement,
    made: TrainedAdapter,
    asked: EvalSet,
    before: Measured,
    after: Candidate,
) -> None:
    """Hand the adapter, with its report, to the registry; what was unfinished is done."""
    gathered = tune.gathered(parts, plan, entry.adapter_id, made, after.threshold)
    write_report(gathered, entry, done.to_json(), made.trained, asked, before.held_out, after.measured.held_out)
    parts.registry.add(entry, gathered)
    shutil.rmtree(parts.work / plan.folder, ignore_errors=True)
