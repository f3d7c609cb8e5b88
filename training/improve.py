"""The loop: from the log to an adapter that measures better and is put to work, or is kept as a candidate with the reason.

Below `CROSS_FIT` corrections every one is held out once (k folds: each is answered by an adapter that has not seen it), and
the adapter put to work has learnt from all of them; above, a fifth of the conversations is held out. Both models answer the
same held-out questions through the whole team, over all passages of the corrections.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..evaluation import EvalSet, Verdict
from ..feedback import FeedbackEvent, stats
from ..models import Adapter, Pinned
from . import bases, datasets, gguf_adapter, sft, tune
from . import settings as hyper
from .candidate import FOLDS, Candidate, candidate
from .datasets import Correction
from .errors import Unsupported
from .general import general_set
from .measure import Measured, Questions, Tuned, general, held_out_set, looked_into, measured, verdict
from .remembered import Remembered
from .report import write as write_report
from .threshold import unanswerable
from .tune import Made, Parts, Plan

CROSS_FIT = 200
_ABSENT = 60  # questions at most that are asked where their answers are missing
_HELD_OUT = 0.2


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
    """Which corrections are learnt from, and what both models are asked. `cross`: each is held out once, in folds."""

    found: Sequence[Correction]
    learnt: Sequence[Correction]
    held: Sequence[Correction]
    left_out: Mapping[str, int]
    asked: EvalSet
    cross: bool


async def improve(
    events: Sequence[FeedbackEvent],
    parts: Parts,
    *,
    wanted: hyper.Wanted,
    data: EvalSet | None = None,
    reader: bool = False,
) -> Improvement:
    """Train, export, measure, and promote where it is better. `data` is measured on instead of held-out corrections.
    With `reader`, a reader is learnt too, and kept where it measures better with it.

    Killed and run again, it takes up what stands in `parts.work`.

    Raises:
        TooLittle: there is too little to learn from.
        ExtraMissing: the `train` extra is not installed.
        NoParity, Unsupported: the adapter cannot be exported, or not be measured with the model in use.
    """
    sft.check_installed()
    parts = replace(parts, embedder=Remembered(parts.embedder))
    base = await asyncio.to_thread(bases.find, wanted.base, parts.models, parts.chat)
    _check_measurable(base, parts)
    split = _split(events, parts, data, wanted.seed)
    plan = await asyncio.to_thread(_planned, parts, base, split, split.learnt, wanted)
    in_folds = f", in {FOLDS} folds" if split.cross else ""
    parts.say(f"{len(split.learnt)} corrections; measured on {len(split.asked.questions)} questions{in_folds}.")
    made = await tune.made(parts, plan)
    absent = unanswerable(split.asked, _ABSENT, wanted.seed)
    questions = Questions(split.asked, split.asked.questions, split.held, absent)
    before = await _before(parts, plan, questions)
    silent = replace(parts, announce=None)
    cross = (lambda rest: _planned(silent, base, split, rest, wanted)) if split.cross else None
    after = await candidate(parts, plan, made, split.learnt, questions, before, cross, reader=reader)
    said = verdict(split.asked, before, after.measured, wanted.seed)
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


def _check_measurable(base: bases.Base, parts: Parts) -> None:
    gguf_adapter.check_supported(gguf_adapter.base_config(base.path))
    chat = parts.models.info(parts.chat).name
    if base.gguf is None or base.name != chat:
        raise Unsupported(
            f"{base.name} is not the model in use ({chat}), nor of its shape: what is learnt on it cannot be measured here.",
            hint="`ayllu train sft --base …` trains without measuring; or make it the model in use (`models.chat`).",
        )


def _split(events: Sequence[FeedbackEvent], parts: Parts, data: EvalSet | None, seed: int) -> _Split:
    avoid = [one.question for one in (*(data.questions if data else ()), *general_set().questions)]
    found, left_out = datasets.corrections(events, parts.style, avoid)
    datasets.checked(found, left_out)
    cross = data is None and len(found) < CROSS_FIT
    learnt, held = (found, found) if cross or data is not None else datasets.split(found, _HELD_OUT, seed)
    return _Split(found, learnt, held, left_out, data or held_out_set(held, found), cross)


def _planned(parts: Parts, base: bases.Base, split: _Split, learnt: Sequence[Correction], wanted: hyper.Wanted) -> Plan:
    validated: Sequence[Correction] = ()
    if len(learnt) >= tune.VALIDATED_FROM:
        learnt, validated = tune.aside(learnt, wanted.seed)
    examples = datasets.examples(learnt, parts.prompts, wanted.seed)
    more = datasets.examples(validated, parts.prompts, wanted.seed, answers_only=True)
    return tune.planned(parts, base, examples, more, datasets.card(learnt, examples, split.left_out), wanted)


async def _before(parts: Parts, plan: Plan, questions: Questions) -> Measured:
    """Of what is in use: an adapter, or the untuned model."""
    active = parts.registry.active(plan.base.name)
    model = Tuned(Pinned(None))
    if active is not None:
        path = parts.registry.path(active.adapter_id)
        model = Tuned(Pinned(active.adapter_id, path), path.parent / "peft")
    answers = await measured(parts, model, questions, "before")
    answers += await looked_into(parts, model, plan.base.path, questions, "before", plan.settings.seed)
    return answers + await general(parts, model, "before")


def _keep(
    parts: Parts,
    plan: Plan,
    entry: Adapter,
    done: Improvement,
    made: Made,
    asked: EvalSet,
    before: Measured,
    after: Candidate,
) -> None:
    """Hand the adapter, with its report, to the registry; what was unfinished is done."""
    learnt = replace(plan.learnt, threshold=after.threshold)
    gathered = tune.gathered(parts, entry.adapter_id, made, learnt, after.read_by)
    write_report(gathered, entry, done.to_json(), made.trained, asked, before.held_out, after.measured.held_out)
    parts.registry.add(entry, gathered)
    shutil.rmtree(parts.work / plan.folder, ignore_errors=True)
