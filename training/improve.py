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
from pathlib import Path
from typing import Any

from ..evaluation import EvalQuestion, EvalSet, Verdict, answer_scores
from ..feedback import FeedbackEvent, stats
from ..models import Adapter, Pinned
from . import bases, datasets, gguf_adapter, sft, tune
from . import settings as hyper
from .datasets import Correction
from .errors import Unsupported
from .general import general_set
from .likelihood import Likelihood
from .measure import Measured, Tuned, general, held_out_set, measured, verdict
from .report import write as write_report
from .tune import Made, Parts, Plan

CROSS_FIT = 200
_FOLDS = 4
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


@dataclass(frozen=True, slots=True)
class _Reads:
    """The reader beside an adapter, and F1 of the held-out questions without and with it."""

    folder: Path
    used: bool
    without: float
    with_it: float

    def to_json(self) -> dict[str, Any]:
        return {"used": self.used, "f1_without": round(self.without, 4), "f1_with": round(self.with_it, 4)}


async def improve(
    events: Sequence[FeedbackEvent], parts: Parts, *, wanted: hyper.Wanted, data: EvalSet | None = None
) -> Improvement:
    """Train, export, measure, and promote where it is better. `data` is measured on instead of held-out corrections.

    Killed and run again, it takes up what stands in `parts.work`.

    Raises:
        TooLittle: there is too little to learn from.
        ExtraMissing: the `train` extra is not installed.
        NoParity, Unsupported: the adapter cannot be exported, or not be measured with the model in use.
    """
    sft.check_installed()
    base = await asyncio.to_thread(bases.find, wanted.base, parts.models, parts.chat)
    _check_measurable(base, parts)
    split = _split(events, parts, data, wanted.seed)
    plan = await asyncio.to_thread(_planned, parts, base, split, split.learnt, wanted)
    in_folds = f", in {_FOLDS} folds" if split.cross else ""
    parts.say(f"{len(split.learnt)} corrections; measured on {len(split.asked.questions)} questions{in_folds}.")
    made = await tune.made(parts, plan)
    before = await _before(parts, plan, split)
    after, reads = await _after(parts, plan, split, made, wanted)
    said = verdict(split.asked, before, after, wanted.seed)
    entry = await asyncio.to_thread(
        tune.entry, parts, plan, stats(events).corrections, metrics=said.to_json(), reason=said.reason
    )
    details = {
        "train_seconds": made.trained.seconds,
        **tune.figures_of(made),
        "dataset": plan.card.to_json(),
        "settings": asdict(plan.settings),
        "figures": {"before": before.figures(split.asked), "after": after.figures(split.asked)},
        "reader": reads.to_json() if reads is not None else None,
    }
    done = Improvement(entry.adapter_id, said, made.trained.steps, len(split.learnt), len(split.asked.questions), details)
    read_by = reads.folder if reads is not None and reads.used else None
    await asyncio.to_thread(_keep, parts, plan, entry, done, made, split.asked, before, after, read_by)
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
    examples, more = (datasets.examples(one, parts.prompts, wanted.seed) for one in (learnt, validated))
    return tune.planned(parts, base, examples, more, datasets.card(learnt, examples, split.left_out), wanted)


async def _before(parts: Parts, plan: Plan, split: _Split) -> Measured:
    """Of what is in use: an adapter, or the untuned model."""
    active = parts.registry.active(plan.base.name)
    model = Tuned(Pinned(None))
    if active is not None:
        path = parts.registry.path(active.adapter_id)
        model = Tuned(Pinned(active.adapter_id, path), path.parent / "peft")
    held_out = await measured(
        parts, model, plan.base.path, split.asked, split.asked.questions, split.held, "before", plan.settings.seed
    )
    return replace(held_out, general=await general(parts, model, "before"))


async def _after(
    parts: Parts, plan: Plan, split: _Split, made: Made, wanted: hyper.Wanted
) -> tuple[Measured, _Reads | None]:
    """Of the new adapter, with its reader where that measures better; in folds, the held-out part is answered by adapters
    and readers that have not seen it.
    """
    assert made.exported is not None  # it was seen that it can be
    folder = parts.work / plan.folder / "whole"
    alone = Tuned(Pinned("candidate", made.exported), made.trained.folder)
    if split.cross:
        plain, read = await _cross_fitted(parts, plan, split, wanted)
        both = await _with_reader(parts, plan, split.learnt, alone, folder, parts.tell) if read is not None else None
    else:
        plain = await _asked(parts, plan, split, alone, split.asked.questions, split.held, "after")
        both = await _with_reader(parts, plan, split.learnt, alone, folder, parts.tell)
        read = None
        if both is not None:
            read = await _asked(parts, plan, split, both, split.asked.questions, split.held, "after, with the reader")
    reads = _judged(plain, read, both, split.asked) if read is not None and both is not None else None
    used = reads is not None and reads.used
    model, held_out = (both, read) if used and both is not None and read is not None else (alone, plain)
    return replace(held_out, general=await general(parts, model, "after")), reads


def _judged(plain: Measured, read: Measured, both: Tuned, asked: EvalSet) -> _Reads:
    without, with_it = (float(answer_scores(one.held_out, asked)["f1"] or 0.0) for one in (plain, read))
    return _Reads(both.pinned.gguf.parent / "reader", with_it > without, without, with_it)


async def _asked(
    parts: Parts,
    plan: Plan,
    split: _Split,
    model: Tuned,
    questions: Sequence[EvalQuestion],
    held: Sequence[Correction],
    label: str,
) -> Measured:
    return await measured(parts, model, plan.base.path, split.asked, questions, held, label, plan.settings.seed)


async def _with_reader(
    parts: Parts, plan: Plan, learnt: Sequence[Correction], alone: Tuned, folder: Path, tell: tune.Progress
) -> Tuned | None:
    """The same adapter with a reader learnt from `learnt` beside it; nothing where none can be learnt."""
    if await tune.taught(parts, plan, learnt, folder / "read" / "reader", tell) is None:
        return None
    gguf = folder / "read" / alone.pinned.gguf.name
    await asyncio.to_thread(shutil.copyfile, alone.pinned.gguf, gguf)
    return Tuned(Pinned(alone.pinned.adapter_id, gguf), alone.peft)


async def _cross_fitted(parts: Parts, plan: Plan, split: _Split, wanted: hyper.Wanted) -> tuple[Measured, Measured | None]:
    """The held-out questions as answered without readers, and with them."""
    silent = replace(parts, announce=None)
    plain: list[Measured] = []
    read: list[Measured] = []
    for at, fold in enumerate(datasets.folds(split.found, _FOLDS, wanted.seed), start=1):
        names = {one.event_id for one in fold}
        rest = [one for one in split.found if one.event_id not in names]
        part = await asyncio.to_thread(_planned, silent, plan.base, split, rest, wanted)
        folder, tell = parts.work / plan.folder / f"fold-{at}", parts.named(f"fold {at}")
        trained = await tune.trained(parts, part, folder, tell)
        gguf = await asyncio.to_thread(gguf_adapter.ready, trained.folder, plan.base.path)
        alone = Tuned(Pinned(f"fold-{at}", gguf), trained.folder)
        questions = [one for one in split.asked.questions if one.id in names]
        plain.append(await _asked(parts, plan, split, alone, questions, fold, f"fold {at}"))
        both = await _with_reader(parts, plan, rest, alone, folder, tell)
        if both is not None:
            read.append(await _asked(parts, plan, split, both, questions, fold, f"fold {at}, with the reader"))
    return _joined(plain, split.asked), _joined(read, split.asked) if len(read) == len(plain) else None


def _joined(answers: Sequence[Measured], asked: EvalSet) -> Measured:
    order = {one.id: at for at, one in enumerate(asked.questions)}
    return Measured(
        sorted((one for part in answers for one in part.held_out), key=lambda one: order[one.id]),
        [one for part in answers for one in part.oracle],
        likelihood=sum((part.likelihood for part in answers), Likelihood()),
    )


def _keep(
    parts: Parts,
    plan: Plan,
    entry: Adapter,
    done: Improvement,
    made: Made,
    asked: EvalSet,
    before: Measured,
    after: Measured,
    read_by: Path | None,
) -> None:
    """Hand the adapter, with its report, to the registry; what was unfinished is done."""
    gathered = tune.gathered(parts, entry.adapter_id, made, read_by)
    write_report(gathered, entry, done.to_json(), made.trained, asked, before.held_out, after.held_out)
    parts.registry.add(entry, gathered)
    shutil.rmtree(parts.work / plan.folder, ignore_errors=True)
