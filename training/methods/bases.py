"""Which model is trained on: the GGUF in use, or any Hugging Face model or folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import NotFound
from ...models import ModelStore, download_from_hub, is_hub_id
from ...paths import expand
from .base_models import base_config

_SHAPE = (
    "model_type",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "vocab_size",
)


@dataclass(frozen=True, slots=True)
class Base:
    """`path`, a GGUF file or a folder, is trained on. `gguf` is answered with: the same model, or one of the same shape.

    `None`: there is no GGUF of it here, and its adapters are for servers that load PEFT's own form.
    """

    name: str  # under which its adapters are registered
    path: Path
    gguf: Path | None


def find_base(named: str | None, models: ModelStore, chat: str) -> Base:
    """The base called `named`: a folder, a GGUF file or a hub id; `None`: the chat model in use.

    A base of the chat model's own shape (its unquantised original, say) makes adapters for the chat model.

    Raises:
        NotFound: it is none of these.
        BaseUnreachable: the hub does not give it.
    """
    in_use = Base(models.info(chat).name, models.ensure(chat), models.ensure(chat))
    if named is None:
        return in_use
    path = expand(named)
    if path.suffix == ".gguf" and path.is_file():
        return Base(path.stem, path, path)
    if not (path / "config.json").is_file():
        if not is_hub_id(named):
            raise NotFound(
                f"{named} is no model to train on.",
                hint="Give a folder with config.json, tokenizer and safetensors, a GGUF file, or a hub id (owner/name).",
            )
        path = download_from_hub(named)
    if _shape(base_config(path)) == _shape(base_config(in_use.path)):
        return Base(in_use.name, path, in_use.path)
    return Base(path.name if path.exists() else named, path, None)


def _shape(config: Any) -> tuple[Any, ...]:
    return tuple(getattr(config, name, None) for name in _SHAPE)
