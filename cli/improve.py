"""`ayllu improve`: learn from what you have said, and put to work only what measures better."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LearningBusy, usable_corrections
from ..errors import AylluError
from .context import CommandContext
from .options import LARGEST_COUNT, expanded
from .progress import ProgressBar
from .training_options import (
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
    from ..app import Gains, Uses
    from ..training import Improvement

log = logging.getLogger(__name__)


class Method(StrEnum):
    AUTO = "auto"
    SFT = "sft"


def improve(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option("--data", callback=expanded, help="Measure on this evaluation file, not on held-out words."),
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="How to learn; corrections are learnt by sft.")] = Method.AUTO,
    when: Annotated[
        int, typer.Option("--when", min=0, max=LARGEST_COUNT, metavar="N", help="Only with N new corrections (for cron).")
    ] = 0,
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
    oracle: Annotated[
        bool, typer.Option("--oracle", help="Also ask with the right passage given: is it reading that lacks, or finding?")
    ] = False,
) -> None:
    """Train an adapter on your corrections, measure it, and promote it where it is better."""
    from ..evaluation import load_eval_file
    from ..training import TrainingOptions
    from ..training import improve as run

    command: CommandContext = context.obj
    if when and (fresh := usable_corrections(command.app)) < when:
        reason = f"{fresh} new corrections since the last adapter, and {when} were asked for: nothing is done."
        command.output.result(_nothing(reason))
        command.output.say(reason)
        return
    options = TrainingOptions(
        epochs, rank, learning_rate, batch, accumulation, max_tokens, device, dtype, four_bit, base, seed
    )
    measured = load_eval_file(data) if data is not None else None
    command.prepare(chat=True)
    try:
        with learning(command) as workspace:
            improvement = command.app.run(
                run(command.app.feedback.standing(), workspace, options=options, data=measured, oracle=oracle)
            )
    except LearningBusy:
        raise
    except AylluError as error:  # the other parts have learnt all the same
        gains = _gains(command)
        command.output.result({**error.to_json(), **(gains.to_json() if gains else {})})
        for line in gains.lines if gains else []:
            command.output.say(line)
        raise
    gains = _gains(command)
    command.output.result(improvement.to_json() | (gains.to_json() if gains else {}))
    if gains is not None:
        _append(command.app.paths.adapters / improvement.adapter_id / "report.md", gains.lines)
    _show(command, improvement)
    for line in gains.lines if gains else []:
        command.output.say(line)


@dataclass(frozen=True, slots=True)
class _OtherParts:
    """What all that is no adapter gained, and what of the log is used for what."""

    gains: Gains
    uses: Uses

    def to_json(self) -> dict[str, Any]:
        return {"parts": self.gains.to_json(), "uses": self.uses.to_json()}

    @property
    def lines(self) -> list[str]:
        return [*self.gains.lines(), *self.uses.lines()]


def _gains(command: CommandContext) -> _OtherParts | None:
    """None where they cannot be measured: that costs no adapter."""
    from ..app import count_uses, measure_gains

    try:
        with ProgressBar("items", stream=command.output.err) as bar:
            return _OtherParts(measure_gains(command.app, bar), count_uses(command.app))
    except AylluError as error:
        error.log_once(log)
        return None


def _append(report: Path, lines: Sequence[str]) -> None:
    """To what is kept beside the adapter."""
    try:
        with report.open("a", encoding="utf-8") as file:
            file.write("\n## What all else learnt\n\n" + "".join(f"- {line}\n" for line in lines))
    except OSError as error:  # all of it stands on the screen
        log.warning("The report cannot be written: %s", error)


def _show(command: CommandContext, improvement: Improvement) -> None:
    from ..training import explain, loss_line

    fields = improvement.to_json()
    command.output.say(loss_line(fields["losses"]))
    command.output.say(fields["reason"])
    for line in explain(fields):
        command.output.say(line)
    for name, before in fields["figures"]["before"].items():
        command.output.say(f"{name}: {before} -> {fields['figures']['after'][name]}")
    command.output.say(f"Report: {command.app.paths.adapters / improvement.adapter_id / 'report.md'}")
    if improvement.verdict.promoted:
        if fields["served"]:
            command.output.say(fields["served"].replace("ID", improvement.adapter_id))
        command.output.say("`ayllu adapters rollback` takes it back.")


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
