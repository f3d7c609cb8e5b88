"""The new adapter, measured as it would be put to work: with the threshold learnt for it.

Where the questions are corrections, they are answered in folds: by adapters that have not learnt from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...adapters import PinnedAdapter, write_learned
from ...agents import CALIBRATION
from ...evaluation import EvalSet
from ..data import Correction
from ..export import ensure_converted
from .fit import TrainedAdapter, fit
from .held_out import HeldOutPart
from .measure import measure_general, measure_model
from .measurement import MeasuredModel, Measurement, Questions, rounded, share_refused
from .plan import Plan
from .threshold import LOWEST, refuse_below, select_threshold
from .workspace import Workspace

Planner = Callable[[Sequence[Correction]], Plan]  # how to learn from some of the corrections


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is put before the gate, and what goes into the adapter's folder along with it."""

    measurement: Measurement
    threshold: float | None
    details: Mapping[str, Any]
    adapter: MeasuredModel

    async def with_general(self, workspace: Workspace) -> Candidate:
        """And what it answers to the general set."""
        general = await measure_general(_at_lowest(workspace), self.adapter, "after")
        return replace(self, measurement=self.measurement + _at_threshold(general, self.threshold))


@dataclass(frozen=True, slots=True)
class _Fold:
    """An adapter, and what it is asked."""

    label: str
    adapter: MeasuredModel
    questions: Questions


@dataclass(frozen=True, slots=True)
class _FoldAnswers:
    """What the folds' adapters answered, and the threshold learnt from that."""

    at_lowest: Measurement
    threshold: float | None  # None: somebody has set one, at which it was asked

    @property
    def answers(self) -> Measurement:
        return _at_threshold(self.at_lowest, self.threshold)


async def measure_candidate(
    workspace: Workspace,
    plan: Plan,
    trained: TrainedAdapter,
    corrections: Sequence[Correction],
    questions: Questions,
    before: Measurement,
    held_out: Sequence[HeldOutPart],
    planner: Planner,
) -> Candidate:
    """Measure what was `trained` on the `corrections`: itself, or others planned by the `planner`, each without one of the
    parts `held_out`.
    """
    adapter = _measured_adapter(workspace, plan, "candidate", trained.run.folder)
    folds = [_Fold("after", adapter, questions)]
    if held_out:
        folds = await _train_folds(workspace, plan, corrections, questions, held_out, planner)
    answered = await _ask_folds(workspace, plan, folds, before)
    figures = {"critic": _critic_figures(answered, questions.evaluated, before)}
    return Candidate(answered.answers, answered.threshold, figures, adapter)


async def _train_folds(
    workspace: Workspace,
    plan: Plan,
    corrections: Sequence[Correction],
    questions: Questions,
    held_out: Sequence[HeldOutPart],
    planner: Planner,
) -> list[_Fold]:
    """An adapter a fold, which has not seen what it is asked."""
    folds: list[_Fold] = []
    for number, part in enumerate(held_out, start=1):
        rest = [correction for correction in corrections if correction.event_id not in part.names]
        label = f"fold {number}" if len(held_out) > 1 else "held out"
        folder = workspace.work / plan.folder / f"fold-{number}"
        run = await fit(await asyncio.to_thread(planner, rest), folder, workspace.labelled(label))
        if workspace.target.form == "gguf":
            await asyncio.to_thread(ensure_converted, run.folder, plan.base.path)
        adapter = _measured_adapter(workspace, plan, f"fold-{number}", run.folder)
        folds.append(_Fold(label, adapter, questions.part(part.names)))
    return folds


async def _ask_folds(workspace: Workspace, plan: Plan, folds: Sequence[_Fold], before: Measurement) -> _FoldAnswers:
    """All folds' questions, answered by their adapters."""
    answers = Measurement()
    lowest = _at_lowest(workspace)
    for fold in folds:
        answers += await measure_model(lowest, fold.adapter, plan, fold.questions, fold.label)
    if workspace.settings.agents.critic_threshold is not None:
        return _FoldAnswers(answers, None)
    evaluated = folds[0].questions.evaluated
    old, new = before.all_unanswerable(evaluated), answers.all_unanswerable(evaluated)
    return _FoldAnswers(answers, select_threshold(old, new, CALIBRATION.threshold))


def _measured_adapter(workspace: Workspace, plan: Plan, name: str, peft: Path) -> MeasuredModel:
    """The adapter in the folder `peft`, with what is known of it beside it, as is its GGUF where that is needed."""
    write_learned(peft.parent, plan.extras)
    return MeasuredModel(PinnedAdapter(name, peft.parent / "adapter.gguf", workspace.registry.folder), peft)


def _at_lowest(workspace: Workspace) -> Workspace:
    """With the lowest threshold that could be learnt, where nobody has set one: of its answers, those at another follow."""
    if workspace.settings.agents.critic_threshold is not None:
        return workspace
    agents = workspace.settings.agents.model_copy(update={"critic_threshold": LOWEST})
    return replace(workspace, settings=workspace.settings.model_copy(update={"agents": agents}))


def _at_threshold(measurement: Measurement, threshold: float | None) -> Measurement:
    """What was asked at the lowest threshold, as answered at this; `None`: it was asked at one that somebody has set."""
    if threshold is None:
        return measurement
    return replace(
        measurement,
        held_out=refuse_below(threshold, measurement.held_out),
        unanswerable=refuse_below(threshold, measurement.unanswerable),
        general=refuse_below(threshold, measurement.general),
    )


def _critic_figures(answers: _FoldAnswers, evaluated: EvalSet, before: Measurement) -> dict[str, float | None] | None:
    """The threshold learnt, beside the one that stands without an adapter."""
    if answers.threshold is None:
        return None
    standing = _at_threshold(answers.at_lowest, CALIBRATION.threshold)
    return rounded(
        {
            "threshold": answers.threshold,
            "standing": CALIBRATION.threshold,
            "f1_standing": standing.f1(evaluated),
            "f1": answers.answers.f1(evaluated),
            "refused_before": share_refused(before.all_unanswerable(evaluated)),
            "refused_standing": share_refused(standing.all_unanswerable(evaluated)),
            "refused": share_refused(answers.answers.all_unanswerable(evaluated)),
        }
    )
