"""What `ayllu train` and `ayllu improve` share: their options, and the workspace with its progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from .context import CommandContext
from .options import LARGEST_COUNT, LARGEST_SEED
from .progress import ProgressBar

if TYPE_CHECKING:
    from ..training import Workspace


class Device(StrEnum):
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class Dtype(StrEnum):
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


Epochs = Annotated[float | None, typer.Option("--epochs", min=0.01, max=1e6, help="Passes over the data.")]
Rank = Annotated[int | None, typer.Option("--rank", min=1, max=256, help="Rank of the LoRA.")]
LearningRate = Annotated[float | None, typer.Option("--learning-rate", min=1e-9, max=1e3, help="At its height.")]
Batch = Annotated[int | None, typer.Option("--batch", min=1, max=LARGEST_COUNT, help="Sequences at once on the device.")]
Accumulation = Annotated[
    int | None, typer.Option("--accumulation", min=1, max=LARGEST_COUNT, help="Batches a weight update.")
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", min=16, max=LARGEST_COUNT, help="Longer examples are cut at the front.")
]
OnDevice = Annotated[Device | None, typer.Option("--device", help="Where to compute.")]
InDtype = Annotated[Dtype | None, typer.Option("--dtype", help="What to compute in.")]
FourBit = Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="QLoRA: the base's weights in 4 bits.")]
TrainSeed = Annotated[
    int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="The same seed and data give the same adapter.")
]
OnBase = Annotated[
    str | None,
    typer.Option("--base", metavar="MODEL", help="Train on this folder, GGUF file or hub id; else the chat model."),
]


@contextmanager
def learning(command: CommandContext, *, elsewhere: bool = False) -> Iterator[Workspace]:
    """The learning loop's workspace, with a progress bar, for whoever answers; or for whoever else loads what is trained.

    Raises:
        CannotTune: that one loads no adapters.
        BackendUnreachable, BackendFailed: its server is not up, or takes none.
        LearningBusy: another process is learning.
    """
    from ..app import learning_workspace, tuning_target

    target = None if elsewhere else tuning_target(command.app)
    with ProgressBar("items", stream=command.output.err) as bar, learning_workspace(command.app, bar, target) as workspace:
        yield workspace
