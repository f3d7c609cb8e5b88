"""The loop: from the log to an adapter that measures better and is put to work, or is kept as a candidate with the reason.

The adapter put to work has learnt from every correction. Held out are they from others, made for the measuring alone in the
same way: below 200 corrections each is held out once (two folds: it is answered by an adapter that has not seen it); above,
one to three fifths of the conversations are. Accepted answers are held out beside them. Both models answer the same held-out
questions through the whole team, over all passages of the corrections and what the library finds for the questions.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ...adapters import Adapter, PinnedAdapter
from ...evaluation import EvalSet, Verdict
from ...feedback import FeedbackEvent, count_corrections
from ...retrieval import CachingEmbedder
from ..data import Correction, without_corrected
from ..methods import Base, TrainingOptions, check_installed
from .adapter_folder import gather_folder, new_entry
from .bases import check_measurable, target_base
from .fit import TrainedAdapter, fit_and_export
from .folds import Candidate, measure_candidate
from .held_out import hold_out
from .measure import measure_general, measure_model
from .measurement import MeasuredModel, Measurement, Questions
from .plan import Plan, plan_corrections
from .report import write_report
from .threshold import make_unanswerable
from .verdict import judge_measurements
from .workspace import Workspace

_UNANSWERABLE = 40  # questions at most that are asked where their answers are missing


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
        verdict = self.verdict.to_json()
        guards = {
            name: {key: guard[key] for key in ("before", "after", "margin", "seen")}
            for name, guard in verdict["guards"].items()
        }
        return {
            **verdict,
            "guards": guards,
            "adapter_id": self.adapter_id,
            "steps": self.steps,
            "train_events": self.train_events,
            "heldout_events": self.heldout_events,
            **self.details,
        }


async def improve(
    events: Sequence[FeedbackEvent],
    workspace: Workspace,
    *,
    options: TrainingOptions,
    data: EvalSet | None = None,
    oracle: bool = False,
) -> Improvement:
    """Train, export, measure, and promote where it is better. `data` is measured on instead of held-out answers; with
    `oracle`, some questions are asked again with the right passage given.

    Killed and run again, it takes up what stands in `workspace.work`.

    Raises:
        TooLittle: there is too little to learn from.
        ExtraMissing: the `train` extra is not installed.
        NoParity, Unsupported: the adapter cannot be exported, or not be measured with the model in use.
    """
    check_installed()
    workspace = replace(workspace, embedder=CachingEmbedder(workspace.embedder))
    base = await asyncio.to_thread(target_base, workspace, options.base)
    check_measurable(base, workspace)
    split = await asyncio.to_thread(hold_out, events, workspace, base, data, options.seed)
    evaluated = split.evaluated
    general = await asyncio.to_thread(without_corrected, workspace.general, split.corrections, workspace.embedder)
    workspace = replace(workspace, general=general)

    def planner(corrections: Sequence[Correction], quietly: bool = True) -> Plan:
        listening = replace(workspace, announce=lambda text: None) if quietly else workspace
        return plan_corrections(listening, base, corrections, split.left_out, options)

    plan = await asyncio.to_thread(planner, split.corrections, False)
    workspace.announce(split.description)
    trained = await fit_and_export(workspace, plan)
    unanswerable = make_unanswerable(split.answerable, _UNANSWERABLE, options.seed)
    questions = Questions(evaluated, evaluated.questions, split.held_out, unanswerable, oracle)
    in_use = _model_in_use(workspace, base)
    before = await measure_model(workspace, in_use, plan, questions, "before")
    after = await measure_candidate(workspace, plan, trained, split.corrections, questions, before, split.parts, planner)
    names = [f"{evaluated.sha256}:{question.id}" for question in evaluated.questions]
    look = workspace.registry.looks.number(base.name, names)
    verdict = judge_measurements(split, workspace.general, before, after.measurement, look, workspace.style)
    if verdict.promoted:  # else nothing that the general set says would change it
        before += await measure_general(workspace, in_use, "before")
        after = await after.with_general(workspace)
        verdict = judge_measurements(split, workspace.general, before, after.measurement, look, workspace.style)
    corrections = count_corrections(events)
    entry = await asyncio.to_thread(
        new_entry, workspace, plan, corrections, metrics=verdict.to_json(), reason=verdict.reason
    )
    details = {
        "train_seconds": trained.run.seconds,
        **trained.figures(),
        "dataset": plan.card.to_json(),
        "used": split.used,
        "settings": asdict(plan.settings),
        "figures": {"before": before.figures(evaluated), "after": after.measurement.figures(evaluated)},
        **after.details,
        "served": workspace.target.served if verdict.promoted else "",
    }
    improvement = Improvement(
        entry.adapter_id, verdict, trained.run.steps, plan.train_events, len(evaluated.questions), details
    )
    if verdict.judged:
        await asyncio.to_thread(workspace.registry.looks.add, base.name, names)
    await asyncio.to_thread(_keep, workspace, plan, entry, improvement, trained, evaluated, before, after)
    if verdict.promoted:
        workspace.registry.promote(entry.adapter_id)
    return improvement


def _model_in_use(workspace: Workspace, base: Base) -> MeasuredModel:
    """With the adapter that is put to work, or untuned."""
    active = workspace.registry.active(base.name)
    if active is None:
        return MeasuredModel(PinnedAdapter(None))
    path = workspace.registry.path(active.adapter_id)
    return MeasuredModel(PinnedAdapter(active.adapter_id, path, workspace.registry.folder), path.parent / "peft")


def _keep(
    workspace: Workspace,
    plan: Plan,
    entry: Adapter,
    improvement: Improvement,
    trained: TrainedAdapter,
    evaluated: EvalSet,
    before: Measurement,
    after: Candidate,
) -> None:
    """Hand the adapter, with its report, to the registry; what was unfinished is done."""
    folder = gather_folder(workspace, plan, entry.adapter_id, trained, after.threshold)
    write_report(folder, entry, improvement.to_json(), trained.run, evaluated, before.held_out, after.measurement.held_out)
    workspace.registry.add(entry, folder)
    shutil.rmtree(workspace.work / plan.folder, ignore_errors=True)
