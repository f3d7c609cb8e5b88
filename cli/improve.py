"""`ayllu improve`: learn from what you have said, and put to work only what measures better."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .compose import Parts
from .learning import (
    Accumulation,
    Batch,
    Epochs,
    FourBit,
    InDtype,
    LearningRate,
    MaxTokens,
    OnBase,
    OnDevice,
    Rank,
    TrainSeed,
    learning,
)

if TYPE_CHECKING:
    from ..training import Improvement


class Method(StrEnum):
    AUTO = "auto"
    SFT = "sft"


def improve(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", help="Measure on this evaluation file, not on held-out words.")
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="How to learn; corrections are learnt by sft.")] = Method.AUTO,
    when: Annotated[int, typer.Option("--when", min=0, metavar="N", help="Only with N new corrections (for cron).")] = 0,
    epochs: Epochs = None,
    rank: Rank = None,
    learning_rate: LearningRate = None,
    batch: Batch = None,
    accumulation: Accumulation = None,
    max_tokens: MaxTokens = None,
    device: OnDevice = None,
    dtype: InDtype = None,
    four_bit: FourBit = None,
    base: OnBase = None,
    seed: TrainSeed = 0,
) -> None:
    """Train an adapter on your corrections, measure it, and promote it where it is better."""
    from ..evaluation import load_eval_file
    from ..training import TrainingOptions
    from ..training import improve as run

    parts: Parts = context.obj
    fresh = new_corrections(parts)
    if fresh < when:
        said = f"{fresh} new corrections since the last adapter, and {when} were asked for: nothing is done."
        parts.output.result(_nothing(said))
        parts.output.say(said)
        return
    options = TrainingOptions(
        epochs, rank, learning_rate, batch, accumulation, max_tokens, device, dtype, four_bit, base, seed
    )
    measured = load_eval_file(data) if data is not None else None
    parts.prepare(chat=True)
    with learning(parts) as tools:
        done = parts.run(run(parts.feedback.list(), tools, options=options, data=measured))
    parts.output.result(done.to_json())
    _show(parts, done)


def new_corrections(parts: Parts) -> int:
    """Corrections since the last adapter was trained."""
    return parts.feedback.stats().corrections - parts.adapters.corrections_learned()


def _show(parts: Parts, done: Improvement) -> None:
    from ..training import loss_line

    shown = done.to_json()
    parts.output.say(loss_line(shown["losses"]))
    parts.output.say(shown["reason"])
    for name, before in shown["figures"]["before"].items():
        parts.output.say(f"{name}: {before} -> {shown['figures']['after'][name]}")
    parts.output.say(f"Report: {parts.paths.adapters / done.adapter_id / 'report.md'}")
    if done.verdict.promoted:
        parts.output.say("`ayllu adapters rollback` takes it back.")


def _nothing(reason: str) -> dict[str, Any]:
    return {
        "before": None,
        "after": None,
        "interval": None,
        "metric": "f1",
        "promoted": False,
        "adapter_id": None,
        "reason": reason,
        "steps": 0,
        "train_events": 0,
        "heldout_events": 0,
        "guards": {},
    }
