"""What a person may say of how to train, and what is then settled."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_RANK = 16
DEFAULT_LEARNING_RATE = 5e-4
DEFAULT_LONGEST = 1024  # tokens, where the longest is chosen


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What a person asked for; `None`: to be chosen."""

    epochs: float | None = None
    rank: int | None = None
    learning_rate: float | None = None
    batch: int | None = None
    accumulation: int | None = None
    max_tokens: int | None = None
    device: str | None = None
    dtype: str | None = None
    four_bit: bool | None = None
    base: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """One run's settings, complete; kept with the adapter."""

    rank: int = DEFAULT_RANK
    alpha: int = 2 * DEFAULT_RANK
    learning_rate: float = DEFAULT_LEARNING_RATE
    epochs: float = 2.0
    batch: int = 8  # sequences at once on the device
    accumulation: int = 1  # batches a weight update
    max_tokens: int = DEFAULT_LONGEST  # longer examples are cut at the front
    checkpointing: bool = False  # activations computed twice instead of kept
    four_bit: bool = False
    dtype: str = "float32"
    device: str = "cpu"
    threads: int = 0  # 0: the physical cores
    seed: int = 0

    @property
    def weights_dtype(self) -> str:
        """A CPU keeps its weights in float32, and only multiplies in bfloat16."""
        return "float32" if self.device == "cpu" else self.dtype
