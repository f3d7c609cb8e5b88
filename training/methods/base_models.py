"""The model that an adapter is trained on: its configuration and size, and copies of it to train.

A loop loads its base many times, and reading a GGUF takes transformers a quarter of a minute: a small one is read once in a
process, and copied.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...models import load_base, load_tokenizer, read_gguf_header
from ...text import one_line
from ..errors import Unsupported

_CACHED_BYTES = 500_000_000  # of a GGUF file, above which memory is worth more than time


@dataclass(frozen=True, slots=True)
class ModelSize:
    """What of a model decides how it is trained."""

    parameters: int
    layers: int
    width: int
    context: int  # tokens
    architecture: str = "llama"  # transformers' `model_type`
    copies: int = 1  # of its weights, that a process holds while it trains


def base_config(base: Path) -> Any:
    """The configuration of a base: of a GGUF file, or of a Hugging Face folder.

    Raises:
        Unsupported: transformers does not read a GGUF file of its architecture.
    """
    from transformers import AutoConfig

    if base.suffix == ".gguf":
        return copy.deepcopy(_gguf_config(base, base.stat().st_mtime_ns))
    return AutoConfig.from_pretrained(str(base))


def model_size(base: Path) -> ModelSize:
    """Counted on the model's structure, without its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    config = base_config(base)
    with torch.device("meta"):
        parameters = sum(tensor.numel() for tensor in AutoModelForCausalLM.from_config(config).parameters())
    return ModelSize(
        parameters,
        int(config.num_hidden_layers),
        int(config.hidden_size),
        int(getattr(config, "max_position_embeddings", 2048)),
        str(config.model_type),
        2 if _is_cached(base) else 1,
    )


def copy_model(base: Path, dtype: str, device: str, *, four_bit: bool = False) -> tuple[Any, Any]:
    """A model that the caller may change, and its tokenizer: see `models.load_base`."""
    if four_bit or device != "cpu" or not _is_cached(base):
        return load_base(base, dtype, device, four_bit=four_bit)
    return copy.deepcopy(_model(base, base.stat().st_mtime_ns, dtype)), copy_tokenizer(base)


def copy_tokenizer(base: Path) -> Any:
    """The base's tokenizer, the caller's own."""
    return copy.deepcopy(_tokenizer(base, base.stat().st_mtime_ns)) if _is_cached(base) else load_tokenizer(base)


def _is_cached(base: Path) -> bool:
    return base.suffix == ".gguf" and base.stat().st_size <= _CACHED_BYTES


@lru_cache(maxsize=2)  # reading it takes seconds, and a loop asks again and again
def _gguf_config(base: Path, changed: int) -> Any:
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(str(base.parent), gguf_file=base.name)
    except ValueError as error:
        raise Unsupported(
            f"transformers does not read the GGUF file {base.name}, of the architecture"
            f" `{one_line(read_gguf_header(base).architecture, 40)}`: it cannot be trained on.",
            hint="Train on the original that it was made of: `--base FOLDER|HUB-ID`.",
        ) from error


@lru_cache(maxsize=1)
def _model(base: Path, changed: int, dtype: str) -> Any:
    return load_base(base, dtype, "cpu")[0]


@lru_cache(maxsize=1)
def _tokenizer(base: Path, changed: int) -> Any:
    return load_tokenizer(base)
