"""How to train: what a person asked for stands, the rest is chosen from the machine and the data.

Pure functions over what was found out, so that every machine can be tried on any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...errors import UsageError
from ...text import size as readable
from ..errors import ExtraMissing
from .base_models import ModelSize
from .machine import Machine
from .memory import WEIGHT_BYTES, memory_bytes
from .options import DEFAULT_LEARNING_RATE, DEFAULT_LONGEST, DEFAULT_RANK, Hyperparameters, TrainingOptions

EFFECTIVE_BATCH = 8  # examples a weight update, where the batch is chosen
_BATCHES = {"cpu": (8, 4, 2, 1), "mps": (8, 4, 2, 1), "cuda": (32, 16, 8, 4, 2, 1)}
_UPDATES = 100  # at least so many, before a GPU's larger batch makes them fewer
_USABLE = 0.8  # of the free memory


def choose_hyperparameters(
    options: TrainingOptions, machine: Machine, size: ModelSize, lengths: Sequence[int], sequences: int | None = None
) -> Hyperparameters:
    """Settings for examples of these `lengths` (tokens): the largest batch that fits, activations kept where they fit.

    `sequences`: in how many they are read, where some are read together; a batch has as many examples as it would have.

    Raises:
        UsageError, ExtraMissing: 4-bit weights were asked for, and cannot be had here.
    """
    dtype = options.dtype or ("bfloat16" if machine.bfloat16 else "float32")
    rank = options.rank or DEFAULT_RANK
    fixed = Hyperparameters(
        rank=rank,
        alpha=2 * rank,
        learning_rate=options.learning_rate or DEFAULT_LEARNING_RATE,
        epochs=choose_epochs(options, len(lengths)),
        max_tokens=options.max_tokens or min(DEFAULT_LONGEST, size.context, max(lengths, default=DEFAULT_LONGEST)),
        four_bit=_four_bit(options, machine, size, dtype),
        dtype=dtype,
        device=machine.device,
        seed=options.seed,
    )
    together = len(lengths) / (sequences or max(len(lengths), 1))
    batches = [options.batch] if options.batch else _batches(machine.device, len(lengths) * fixed.epochs, together)
    attempts = [
        replace(fixed, batch=batch, accumulation=_accumulation(options, batch * together), checkpointing=checkpointing)
        for checkpointing in (False, True)
        for batch in batches
    ]
    fitting = (settings for settings in attempts if memory_bytes(size, settings) <= _USABLE * machine.free_bytes)
    return next(fitting, attempts[-1])


def choose_epochs(options: TrainingOptions, examples: int) -> float:
    """How often each example is seen: the fewer there are, the more often."""
    return options.epochs or max(1.0, min(6.0, round(1500 / max(examples, 1))))


def describe(settings: Hyperparameters, size: ModelSize) -> str:
    """All of it in one sentence, for whoever is about to wait for it."""
    form = "4-bit weights, " if settings.four_bit else ""
    epochs = "1 epoch" if settings.epochs == 1 else f"{settings.epochs:g} epochs"
    twice = ", activations computed twice" if settings.checkpointing else ""
    return (
        f"LoRA of rank {settings.rank} (alpha {settings.alpha}) on {size.parameters / 1e6:,.0f} million parameters;"
        f" {epochs}, batch {settings.batch} × {settings.accumulation}, at most {settings.max_tokens} tokens,"
        f" learning rate {settings.learning_rate:g}, {form}{settings.dtype} on {settings.device}{twice};"
        f" about {readable(memory_bytes(size, settings))} of memory."
    )


def _accumulation(options: TrainingOptions, examples: float) -> int:
    """How many batches of so many `examples` make a weight update."""
    return options.accumulation or (1 if options.batch else max(1, round(EFFECTIVE_BATCH / examples)))


def _batches(device: str, seen: float, together: float) -> list[int]:
    """Batches of sequences to try, largest first; one that leaves too few updates for what is `seen` is not among them."""
    sizes = [batch for batch in _BATCHES[device] if batch <= EFFECTIVE_BATCH or seen / batch >= _UPDATES]
    return list(dict.fromkeys(max(1, round(examples / together)) for examples in sizes))


def _four_bit(options: TrainingOptions, machine: Machine, size: ModelSize, dtype: str) -> bool:
    """Where it is not said: on a GPU whose memory the plain weights would fill by half."""
    if options.four_bit is None:
        large = size.parameters * WEIGHT_BYTES[dtype] > 0.5 * machine.free_bytes
        return machine.device == "cuda" and machine.four_bit and large
    if options.four_bit and machine.device != "cuda":
        raise UsageError("4-bit training needs a CUDA GPU.", hint="Leave `--four-bit` out.")
    if options.four_bit and not machine.four_bit:
        raise ExtraMissing("four-bit", ImportError("No module named 'bitsandbytes'"))
    return options.four_bit
