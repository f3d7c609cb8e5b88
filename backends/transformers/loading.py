"""A model's files to an engine, on the best device there is."""

from __future__ import annotations

import os
from pathlib import Path

from ...models import ConvertedWeights, load_base
from ...text import one_line
from ..errors import BackendFailed
from .engine import Engine


def load_engine(
    path: Path, device: str | None, context: int, threads: int | None, converted: ConvertedWeights | None = None
) -> Engine:
    """Load a GGUF file or a folder; onto a GPU where there is one, unless `device` says otherwise. Blocks.

    What a file was converted to is kept in `converted`, for the next start.

    Raises:
        BackendFailed: it cannot be loaded.
    """
    os.environ["TQDM_DISABLE"] = "1"  # no bar may cross a screen
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    device = device or _best_device()
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        model, tokenizer = load_base(path, _dtype(device), device, converted=converted)
    except Exception as error:  # an edge: whatever the library makes of these files, or the driver of this device
        raise BackendFailed(
            f"{path.name} could not be loaded by transformers: {one_line(str(error), 300) or type(error).__name__}.",
            hint="Check that it is a causal language model, and that memory suffices: `ayllu doctor`.",
        ) from error
    return Engine(model, tokenizer, device, context)


def _best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(device: str) -> str:
    """bfloat16 where the GPU has it; a CPU computes with float32, for many know nothing smaller."""
    import torch

    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return "float32" if device == "cpu" else "float16"
