"""`ayllu train`: an adapter and nothing more; `ayllu improve` measures it too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .context import CommandContext
from .options import expanded
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

group = typer.Typer(help="Train an adapter, without measuring it.", rich_markup_mode=None)
_LONG = ("dataset", "settings", "losses")  # shown otherwise, or not to a person


@group.callback()
def methods() -> None:
    """Train an adapter, without measuring it."""


@group.command("sft")
def supervised(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR|FILE", callback=expanded, help="Learn from this instead of from your corrections."
        ),
    ] = None,
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
    """Learn from corrections, by supervised fine-tuning; the adapter is kept as a candidate."""
    from ..training import TrainingOptions, loss_line, train

    command: CommandContext = context.obj
    options = TrainingOptions(
        epochs, rank, learning_rate, batch, accumulation, max_tokens, device, dtype, four_bit, base, seed
    )
    command.prepare(chat=True)
    with learning(command, elsewhere=base is not None) as workspace:
        trained = command.app.run(train(command.app.feedback.standing(), workspace, options=options, data=data))
    command.output.result(trained)
    command.output.say(loss_line(trained["losses"]))
    for name, value in trained.items():
        if name not in _LONG:
            command.output.say(f"{name}: {value}")
    command.output.say(
        f"A candidate, not measured: `ayllu eval answers FILE --adapter {trained['adapter_id']}` measures it."
    )
