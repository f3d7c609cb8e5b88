"""The model that an adapter is trained on: the GGUF in use, or any Hugging Face model or folder.

A loop loads its base many times, and reading a GGUF takes transformers a quarter of a minute: a small one is read once in a
process, and copied.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import NotFound
from ...models import ModelStore, download_from_hub, is_hub_id, load_base, load_tokenizer
from ..export import gguf as gguf_adapter

_HELD_BYTES = 500_000_000  # of a GGUF file, above which memory is worth more than time


@dataclass(frozen=True, slots=True)
class Base:
    """`path`, a GGUF file or a folder, is trained on. `gguf` is answered with: the same model, or one of the same shape.

    `None`: there is no GGUF of it here, and its adapters are for servers that load PEFT's own form.
    """

    name: str  # under which its adapters are registered
    path: Path
    gguf: Path | None


@dataclass(frozen=True, slots=True)
class Size:
    """What of a model decides how it is trained."""

    parameters: int
    layers: int
    width: int
    context: int  # tokens
    architecture: str = "llama"  # transformers' `model_type`
    copies: int = 1  # of its weights, that a process holds while it trains


def find(named: str | None, models: ModelStore, chat: str) -> Base:
    """The base called `named`: a folder, a GGUF file or a hub id; `None`: the chat model in use.

    A base of the chat model's own shape (its unquantised original, say) makes adapters for the chat model.

    Raises:
        NotFound: it is none of these.
        BaseUnreachable: the hub does not give it.
    """
    in_use = Base(models.info(chat).name, models.ensure(chat), models.ensure(chat))
    if named is None:
        return in_use
    path = Path(named).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return Base(path.stem, path, path)
    if not (path / "config.json").is_file():
        if not is_hub_id(named):
            raise NotFound(
                f"{named} is no model to train on.",
                hint="Give a folder with config.json, tokenizer and safetensors, a GGUF file, or a hub id (owner/name).",
            )
        path = download_from_hub(named)
    same = _shape(gguf_adapter.base_config(path)) == _shape(gguf_adapter.base_config(in_use.path))
    return Base(in_use.name, path, in_use.path) if same else Base(path.name if path.exists() else named, path, None)


def size(base: Path) -> Size:
    """Counted on the model's structure, without its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    config = gguf_adapter.base_config(base)
    with torch.device("meta"):
        parameters = sum(one.numel() for one in AutoModelForCausalLM.from_config(config).parameters())
    return Size(
        parameters,
        int(config.num_hidden_layers),
        int(config.hidden_size),
        int(getattr(config, "max_position_embeddings", 2048)),
        str(config.model_type),
        2 if _is_held(base) else 1,
    )


def loaded(base: Path, dtype: str, device: str, *, four_bit: bool = False) -> tuple[Any, Any]:
    """A model that the caller may change, and its tokenizer: see `models.load_base`."""
    if four_bit or device != "cpu" or not _is_held(base):
        return load_base(base, dtype, device, four_bit=four_bit)
    return copy.deepcopy(_model(base, base.stat().st_mtime_ns, dtype)), tokenizer(base)


def tokenizer(base: Path) -> Any:
    """The base's tokenizer, the caller's own."""
    return copy.deepcopy(_tokenizer(base, base.stat().st_mtime_ns)) if _is_held(base) else load_tokenizer(base)


def _is_held(base: Path) -> bool:
    return base.suffix == ".gguf" and base.stat().st_size <= _HELD_BYTES


@lru_cache(maxsize=1)
def _model(base: Path, changed: int, dtype: str) -> Any:
    return load_base(base, dtype, "cpu")[0]


@lru_cache(maxsize=1)
def _tokenizer(base: Path, changed: int) -> Any:
    return load_tokenizer(base)


def _shape(config: Any) -> tuple[Any, ...]:
    names = (
        "model_type",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "vocab_size",
    )
    return tuple(getattr(config, name, None) for name in names)
