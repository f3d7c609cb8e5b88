"""The new adapter, measured as it would be put to work: with the threshold learnt for it; and where it is asked for, with a
reader beside it, which is taken where that is better.

Where the questions are corrections, they are answered in folds: by adapters and readers that have not learnt from them.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..agents import FITTED, READER_FOLDER, write_learnt
from ..evaluation import EvalSet
from ..models import Pinned
from . import gguf_adapter, threshold, tune
from .datasets import Correction
from .measure import Measured, Questions, Tuned, general, looked_into, measured, refused
from .tune import Made, Parts, Plan

Planned = Callable[[Sequence[Correction]], Plan]  # how to learn from some of the corrections


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is put before the gate, and what goes into the adapter's folder along with it."""

    measured: Measured
    read_by: Path | None
    threshold: float | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Fold:
    """An adapter, where its reader goes, what both learn from, and what both are asked."""

    label: str
    adapter: Tuned
    folder: Path
    learnt: Sequence[Correction]
    questions: Questions
    tell: tune.Progress


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of putting the adapter to work: a model a fold, what they answered, and the threshold learnt from that."""

    models: Sequence[Tuned]
    asked: Measured  # at the lowest threshold
    threshold: float | None  # None: somebody has set one, at which it was asked

    @property
    def answers(self) -> Measured:
        return self.at_threshold(self.asked)

    def at_threshold(self, asked: Measured, another: float | None = None) -> Measured:
        """What was asked at the lowest threshold, as answered at the one learnt, or at `another`."""
        least = another or self.threshold
        if least is None:
            return asked
        held_out, absent, ours = (
            threshold.refused_below(least, part) for part in (asked.held_out, asked.absent, asked.general)
        )
        return replace(asked, held_out=held_out, absent=absent, general=ours)


async def candidate(
    parts: Parts,
    plan: Plan,
    made: Made,
    learnt: Sequence[Correction],
    questions: Questions,
    before: Measured,
    held: Sequence[Sequence[Correction]],
    planned: Planned,
    *,
    reader: bool,
) -> Candidate:
    """Measure what was `made`: itself, or others `planned` likewise, each without one part of the corrections, those `held`.

    With `reader`, once more with a reader learnt from the same corrections.
    """
    assert made.exported is not None  # it was seen that it can be
    adapter = _noted(plan, "candidate", made.exported, made.trained.folder)
    whole = _Fold("after", adapter, parts.work / plan.folder / "whole", learnt, questions, parts.tell)
    folds = await _folds(parts, plan, learnt, questions, held, planned) if held else [whole]
    taken = alone = await _way(parts, folds, [one.adapter for one in folds], before, "")
    said, read_by = None, None
    readers = [await _with_reader(parts, plan, one) for one in folds] if reader else []
    models = [one for one in readers if one is not None]
    if len(models) == len(folds):
        read = await _way(parts, folds, models, before, ", with the reader")
        without, with_it = (one.answers.f1(questions.asked) for one in (alone, read))
        said = {"used": with_it > without, "f1_without": round(without, 4), "f1_with": round(with_it, 4)}
        if with_it > without and (both := await _with_reader(parts, plan, whole)) is not None:
            taken, adapter, read_by = read, both, both.pinned.gguf.parent / READER_FOLDER
    answers = taken.answers
    for fold, model in zip(folds, taken.models, strict=True):
        answers += await looked_into(parts, model, plan.base.path, fold.questions, fold.label, plan.settings.seed)
    answers += taken.at_threshold(await general(_lowest(parts), adapter, "after"))
    return Candidate(answers, read_by, taken.threshold, {"reader": said, "critic": _critic(taken, questions.asked, before)})


async def _folds(
    parts: Parts,
    plan: Plan,
    found: Sequence[Correction],
    questions: Questions,
    held: Sequence[Sequence[Correction]],
    planned: Planned,
) -> list[_Fold]:
    """An adapter a fold, which has not seen what it is asked."""
    made: list[_Fold] = []
    for at, fold in enumerate(held, start=1):
        names = {one.event_id for one in fold}
        rest = [one for one in found if one.event_id not in names]
        label, folder = f"fold {at}" if len(held) > 1 else "held out", parts.work / plan.folder / f"fold-{at}"
        tell = parts.named(label)
        trained = await tune.trained(parts, await asyncio.to_thread(planned, rest), folder, tell)
        gguf = await asyncio.to_thread(gguf_adapter.ready, trained.folder, plan.base.path)
        adapter = _noted(plan, f"fold-{at}", gguf, trained.folder)
        made.append(_Fold(label, adapter, folder, rest, questions.part(fold), tell))
    return made


async def _way(parts: Parts, folds: Sequence[_Fold], models: Sequence[Tuned], before: Measured, how: str) -> _Way:
    """All folds' questions, answered by their `models`."""
    asked = Measured()
    for fold, model in zip(folds, models, strict=True):
        asked += await measured(_lowest(parts), model, fold.questions, f"{fold.label}{how}")
    whole = folds[0].questions.asked
    learnt = None
    if parts.settings.agents.critic_threshold is None:
        learnt = threshold.matched(before.unanswerable(whole), asked.unanswerable(whole), FITTED.threshold)
    return _Way(models, asked, learnt)


async def _with_reader(parts: Parts, plan: Plan, fold: _Fold) -> Tuned | None:
    """The fold's adapter with a reader learnt from the same beside it; nothing where none can be learnt."""
    folder = fold.folder / "read"
    if await tune.taught(parts, plan, fold.learnt, folder / READER_FOLDER, fold.tell) is None:
        return None
    pinned = fold.adapter.pinned
    gguf = folder / pinned.gguf.name
    await asyncio.to_thread(shutil.copyfile, pinned.gguf, gguf)
    return _noted(plan, str(pinned.adapter_id), gguf, fold.adapter.peft)


def _noted(plan: Plan, name: str, gguf: Path, peft: Path | None) -> Tuned:
    """An adapter, with what is known of it beside its GGUF."""
    write_learnt(gguf.parent, plan.learnt)
    return Tuned(Pinned(name, gguf), peft)


def _lowest(parts: Parts) -> Parts:
    """With the lowest threshold that could be learnt, where nobody has set one: of its answers, those at another follow."""
    if parts.settings.agents.critic_threshold is not None:
        return parts
    agents = parts.settings.agents.model_copy(update={"critic_threshold": threshold.LOWEST})
    return replace(parts, settings=parts.settings.model_copy(update={"agents": agents}))


def _critic(way: _Way, asked: EvalSet, before: Measured) -> dict[str, float | None] | None:
    """The threshold learnt, beside the one that stands without an adapter."""
    if way.threshold is None:
        return None
    standing = way.at_threshold(way.asked, FITTED.threshold)
    figures = {
        "threshold": way.threshold,
        "standing": FITTED.threshold,
        "f1_standing": standing.f1(asked),
        "f1": way.answers.f1(asked),
        "refused_before": refused(before.unanswerable(asked)),
        "refused_standing": refused(standing.unanswerable(asked)),
        "refused": refused(way.answers.unanswerable(asked)),
    }
    return {name: round(value, 4) if value is not None else None for name, value in figures.items()}
