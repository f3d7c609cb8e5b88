"""`ayllu train`: an adapter and nothing more; `ayllu improve` measures it too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .compose import Parts
from .failures import Busy
from .progress import ProgressBar

if TYPE_CHECKING:
    from ..training import ImproveParts

app = typer.Typer(help="Train an adapter, without measuring it.", rich_markup_mode=None)

Epochs = Annotated[float | None, typer.Option("--epochs", min=0.01, help="Passes over the data.")]
Rank = Annotated[int | None, typer.Option("--rank", min=1, max=256, help="Rank of the LoRA.")]
LearningRate = Annotated[float | None, typer.Option("--learning-rate", min=0.0, help="At its height.")]
Batch = Annotated[int | None, typer.Option("--batch", min=1, help="Examples a step.")]
TrainSeed = Annotated[int, typer.Option("--seed", help="The same seed and data give the same adapter.")]


@app.callback()
def methods() -> None:
    """Train an adapter, without measuring it."""


@app.command("sft")
def supervised(
    context: typer.Context,
    epochs: Epochs = None,
    rank: Rank = None,
    learning_rate: LearningRate = None,
    batch: Batch = None,
    seed: TrainSeed = 0,
) -> None:
    """Learn from corrections, by supervised fine-tuning; the adapter is kept as a candidate."""
    from ..training import train

    parts: Parts = context.obj
    parts.prepare(chat=True)
    with learning(parts) as tools:
        given = {"epochs": epochs, "rank": rank, "learning_rate": learning_rate, "batch": batch}
        shown = train(parts.feedback.list(), tools, seed=seed, **given)
    parts.output.result(shown)
    for name, value in shown.items():
        if name != "dataset":
            parts.output.say(f"{name}: {value}")
    parts.output.say(f"A candidate, not measured: `ayllu eval answers FILE --adapter {shown['adapter_id']}` measures it.")


@contextmanager
def learning(parts: Parts) -> Iterator[ImproveParts]:
    """What the learning loop works with, for one process at a time.

    Raises:
        Busy: another one is learning.
    """
    from filelock import FileLock, Timeout

    from ..training import ImproveParts

    work = parts.paths.adapters / ".work"
    work.mkdir(parents=True, exist_ok=True)
    try:
        alone = FileLock(parts.paths.adapters / ".learning").acquire(timeout=0)
    except Timeout as error:
        raise Busy("Another ayllu is learning at this moment.", hint="Wait for it; you can chat meanwhile.") from error
    with alone, ProgressBar("items", stream=parts.output.err) as bar:
        yield ImproveParts(
            parts.adapters,
            parts.models,
            parts.embedder,
            parts.settings,
            work,
            parts.paths.prompts,
            bar,
            parts.output.note,
        )
