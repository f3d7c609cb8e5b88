"""How to train: what a person asked for stands, the rest is chosen from the machine and the data.

Pure functions over what was found out, so that every machine can be tried on any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import UsageError
from ...text import size as readable
from ..errors import ExtraMissing
from .bases import Size

EFFECTIVE_BATCH = 8  # examples a weight update, where the batch is chosen
_RANK = 16
_LEARNING_RATE = 5e-4
_LONGEST = 1024  # tokens, where the longest is chosen
_BATCHES = {"cpu": (8, 4, 2, 1), "mps": (8, 4, 2, 1), "cuda": (32, 16, 8, 4, 2, 1)}
_UPDATES = 100  # at least so many, before a GPU's larger batch makes them fewer
_USABLE = 0.8  # of the free memory
_WEIGHT_BYTES = {"float32": 4.0, "bfloat16": 2.0}
_FOUR_BIT_BYTES = 0.6  # NF4 with double quantisation, and the parts that stay as they were
# Measured on a CPU with the default model: bytes a token, layer and unit of width, kept whole, or where a layer begins
_ACTIVATIONS = {"float32": 120, "bfloat16": 75}
_BORDERS = 12
_PROCESS_BYTES = 550_000_000  # the libraries, loaded


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
class Settings:
    """One run's settings, complete; kept with the adapter."""

    rank: int = _RANK
    alpha: int = 2 * _RANK
    learning_rate: float = _LEARNING_RATE
    epochs: float = 2.0
    batch: int = 8  # sequences at once on the device
    accumulation: int = 1  # batches a weight update
    max_tokens: int = _LONGEST  # longer examples are cut at the front
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

    def describe(self, size: Size) -> str:
        """All of it in one sentence, for whoever is about to wait for it."""
        form = "4-bit weights, " if self.four_bit else ""
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs:g} epochs"
        twice = ", activations computed twice" if self.checkpointing else ""
        return (
            f"LoRA of rank {self.rank} (alpha {self.alpha}) on {size.parameters / 1e6:,.0f} million parameters;"
            f" {epochs}, batch {self.batch} × {self.accumulation}, at most {self.max_tokens} tokens,"
            f" learning rate {self.learning_rate:g}, {form}{self.dtype} on {self.device}{twice};"
            f" about {readable(memory_bytes(size, self))} of memory."
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it is trained. `free_bytes` is of the device's own memory."""

    device: str
    free_bytes: int
    bfloat16: bool  # multiplies matrices in it faster than in float32
    four_bit: bool  # bitsandbytes is there


def this_machine(device: str | None = None) -> Machine:
    """What is here; a CUDA GPU is taken where there is one, unless `device` is named.

    Raises:
        UsageError: the named device is not here.
    """
    import importlib.util

    import psutil
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    taken = device or ("cuda" if there["cuda"] else "cpu")
    if not there.get(taken, False):
        raise UsageError(
            f"There is no device `{taken}` here.", hint=f"There is: {', '.join(k for k, v in there.items() if v)}."
        )
    free = torch.cuda.mem_get_info()[0] if taken == "cuda" else psutil.virtual_memory().available
    matrices: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.13 and newer can say
    fast = taken == "cpu" and any(matrices.get(name) for name in ("amx_bf16", "avx512_bf16"))
    bfloat16 = torch.cuda.is_bf16_supported() if taken == "cuda" else fast
    return Machine(taken, int(free), bool(bfloat16), importlib.util.find_spec("bitsandbytes") is not None)


def choose(
    options: TrainingOptions, machine: Machine, size: Size, lengths: Sequence[int], sequences: int | None = None
) -> Settings:
    """Settings for examples of these `lengths` (tokens): the largest batch that fits, activations kept where they fit.

    `sequences`: in how many they are read, where some are read together; a batch has as many examples as it would have.

    Raises:
        UsageError, ExtraMissing: 4-bit weights were asked for, and cannot be had here.
    """
    dtype = options.dtype or ("bfloat16" if machine.bfloat16 else "float32")
    rank = options.rank or _RANK
    fixed = Settings(
        rank=rank,
        alpha=2 * rank,
        learning_rate=options.learning_rate or _LEARNING_RATE,
        epochs=epochs(options, len(lengths)),
        max_tokens=options.max_tokens or min(_LONGEST, size.context, max(lengths, default=_LONGEST)),
        four_bit=_four_bit(options, machine, size, dtype),
        dtype=dtype,
        device=machine.device,
        seed=options.seed,
    )
    together = len(lengths) / (sequences or max(len(lengths), 1))
    batches = [options.batch] if options.batch else _batches(machine.device, len(lengths) * fixed.epochs, together)
    tried = [
        replace(fixed, batch=batch, accumulation=_accumulation(options, batch * together), checkpointing=checkpointing)
        for checkpointing in (False, True)
        for batch in batches
    ]
    return next((one for one in tried if memory_bytes(size, one) <= _USABLE * machine.free_bytes), tried[-1])


def epochs(options: TrainingOptions, examples: int) -> float:
    """How often each example is seen: the fewer there are, the more often."""
    return options.epochs or max(1.0, min(6.0, round(1500 / max(examples, 1))))


def memory_bytes(size: Size, settings: Settings) -> int:
    """About how much training takes: weights, the adapter with its gradients and moments, and activations."""
    each = _FOUR_BIT_BYTES if settings.four_bit else _WEIGHT_BYTES[settings.weights_dtype]
    adapter = 16 * settings.rank * size.layers * size.width * 20  # the seven linear parts of a layer, both sides
    units = settings.batch * settings.max_tokens * size.width
    layer = units * _ACTIVATIONS[settings.dtype]
    kept = size.layers * units * _BORDERS + layer if settings.checkpointing else size.layers * layer
    around = 0.0
    if settings.device == "cpu":
        cast = 2 if settings.dtype == "bfloat16" else 0  # bytes: weights stay in float32, and are multiplied in bfloat16
        around = _PROCESS_BYTES + size.parameters * ((size.copies - 1) * each + cast)
    return int(size.parameters * each + adapter + kept + around)


def _accumulation(options: TrainingOptions, examples: float) -> int:
    """How many batches of so many `examples` make a weight update."""
    return options.accumulation or (1 if options.batch else max(1, round(EFFECTIVE_BATCH / examples)))


def _batches(device: str, seen: float, together: float) -> list[int]:
    """Batches of sequences to try, largest first; one that leaves too few updates for what is `seen` is not among them."""
    examples = [one for one in _BATCHES[device] if one <= EFFECTIVE_BATCH or seen / one >= _UPDATES]
    return list(dict.fromkeys(max(1, round(one / together)) for one in examples))


def _four_bit(options: TrainingOptions, machine: Machine, size: Size, dtype: str) -> bool:
    """Where it is not said: on a GPU whose memory the plain weights would fill by half."""
    if options.four_bit is None:
        large = size.parameters * _WEIGHT_BYTES[dtype] > 0.5 * machine.free_bytes
        return machine.device == "cuda" and machine.four_bit and large
    if options.four_bit and machine.device != "cuda":
        raise UsageError("4-bit training needs a CUDA GPU.", hint="Leave `--four-bit` out.")
    if options.four_bit and not machine.four_bit:
        raise ExtraMissing("four-bit", ImportError("No module named 'bitsandbytes'"))
    return options.four_bit
