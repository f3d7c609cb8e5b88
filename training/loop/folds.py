"""The new adapter, measured as it would be put to work: with the threshold learnt for it.

Where the questions are corrections, they are answered in folds: by adapters that have not learnt from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...adapters import PinnedAdapter
from ...agents import FITTED, write_learnt
from ...evaluation import EvalSet
from ..data.corrections import Correction
from ..export import gguf as gguf_adapter
from . import plan as tune
from . import threshold
from .measure import Measured, Questions, Tuned, general, looked_into, measured, refused
from .plan import Plan, TrainedAdapter, Workspace

Planned = Callable[[Sequence[Correction]], Plan]  # how to learn from some of the corrections


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is put before the gate, and what goes into the adapter's folder along with it."""

    measured: Measured
    threshold: float | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Fold:
    """An adapter, and what it is asked."""

    label: str
    adapter: Tuned
    questions: Questions


@dataclass(frozen=True, slots=True)
class _Way:
    """What the folds' adapters answered, and the threshold learnt from that."""

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
    parts: Workspace,
    plan: Plan,
    made: TrainedAdapter,
    learnt: Sequence[Correction],
    questions: Questions,
    before: Measured,
    held: Sequence[Sequence[Correction]],
    planned: Planned,
) -> Candidate:
    """Measure what was `made`: itself, or others `planned` likewise, each without one of the parts `held`."""
    assert made.exported is not None  # it was seen that it can be
    adapter = _noted(plan, "candidate", made.exported, made.trained.folder)
    whole = _Fold("after", adapter, questions)
    folds = await _folds(parts, plan, learnt, questions, held, planned) if held else [whole]
    taken = await _way(parts, folds, before)
    answers = taken.answers
    for fold in folds:
        answers += await looked_into(parts, fold.adapter, plan.base.path, fold.questions, fold.label, plan.settings.seed)
    answers += taken.at_threshold(await general(_lowest(parts), adapter, "after"))
    return Candidate(answers, taken.threshold, {"critic": _critic(taken, questions.asked, before)})


async def _folds(
    parts: Workspace,
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
        made.append(_Fold(label, adapter, questions.part(fold)))
    return made


async def _way(parts: Workspace, folds: Sequence[_Fold], before: Measured) -> _Way:
    """All folds' questions, answered by their adapters."""
    asked = Measured()
    for fold in folds:
        asked += await measured(_lowest(parts), fold.adapter, fold.questions, fold.label)
    whole = folds[0].questions.asked
    learnt = None
    if parts.settings.agents.critic_threshold is None:
        learnt = threshold.matched(before.unanswerable(whole), asked.unanswerable(whole), FITTED.threshold)
    return _Way(asked, learnt)


def _noted(plan: Plan, name: str, gguf: Path, peft: Path | None) -> Tuned:
    """An adapter, with what is known of it beside its GGUF."""
    write_learnt(gguf.parent, plan.learnt)
    return Tuned(PinnedAdapter(name, gguf), peft)


def _lowest(parts: Workspace) -> Workspace:
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
