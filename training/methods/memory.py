"""How much memory training takes: estimated before, measured while, given back after."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys

from .base_models import ModelSize
from .options import Hyperparameters

WEIGHT_BYTES = {"float32": 4.0, "bfloat16": 2.0}
_FOUR_BIT_BYTES = 0.6  # NF4 with double quantisation, and the parts that stay as they were
# Measured on a CPU with the default model: bytes a token, layer and unit of width, kept whole, or where a layer begins
_ACTIVATIONS = {"float32": 120, "bfloat16": 75}
_BORDERS = 12
_PROCESS_BYTES = 550_000_000  # the libraries, loaded


def memory_bytes(size: ModelSize, settings: Hyperparameters) -> int:
    """About how much training takes: weights, the adapter with its gradients and moments, and activations."""
    each = _FOUR_BIT_BYTES if settings.four_bit else WEIGHT_BYTES[settings.weights_dtype]
    adapter = 16 * settings.rank * size.layers * size.width * 20  # the seven linear parts of a layer, both sides
    units = settings.batch * settings.max_tokens * size.width
    layer = units * _ACTIVATIONS[settings.dtype]
    kept = size.layers * units * _BORDERS + layer if settings.checkpointing else size.layers * layer
    around = 0.0
    if settings.device == "cpu":
        cast = 2 if settings.dtype == "bfloat16" else 0  # bytes: weights stay in float32, and are multiplied in bfloat16
        around = _PROCESS_BYTES + size.parameters * ((size.copies - 1) * each + cast)
    return int(size.parameters * each + adapter + kept + around)


def peak_rss_bytes() -> int:
    """The most memory that this process has held so far."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def release_memory() -> None:
    """Return freed memory to the system, once a training is over: glibc keeps gigabytes, and the next takes as much anew."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
