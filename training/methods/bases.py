"""Which model is trained on: the GGUF in use, or any Hugging Face model or folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import NotFound
from ...models import ModelStore, download_from_hub, is_hub_id
from ...paths import expand
from ..errors import Unsupported
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
    path = _locate(named)
    if path.suffix == ".gguf":
        return Base(path.stem, path, path)
    if same_shape(base_config(path), in_use.path):
        return Base(in_use.name, path, in_use.path)
    return Base(path.name if expand(named).exists() else named, path, None)


def find_served_base(named: str, served: str, models: ModelStore) -> Base:
    """The weights called `named` (a model's name besides) of the model that is registered as `served`.

    Raises:
        NotFound: it is none of these.
        BaseUnreachable: the hub does not give it.
    """
    try:
        path = models.ensure(models.info(named).name if not named.endswith(".gguf") else named)
    except NotFound:
        path = _locate(named)
    return Base(served, path, path if path.suffix == ".gguf" else None)


def same_shape(config: Any, gguf: Path) -> bool:
    """Whether the model of this configuration has the shape of that in the file `gguf`."""
    try:
        return _shape(config) == _shape(base_config(gguf))
    except Unsupported:  # transformers does not read it: by what the file says itself
        return _own_shape(config) == gguf_shape(gguf)


def gguf_shape(path: Path) -> tuple[int, ...]:
    """Width, that between, layers and heads, as a GGUF file says them."""
    import gguf

    fields = gguf.GGUFReader(path).fields
    architecture = fields["general.architecture"].contents()
    names = ("embedding_length", "feed_forward_length", "block_count", "attention.head_count")
    return tuple(int(fields[f"{architecture}.{name}"].contents()) for name in names if f"{architecture}.{name}" in fields)


def _own_shape(config: Any) -> tuple[int, ...]:
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    return tuple(int(getattr(config, name, 0)) for name in names)


def _locate(named: str) -> Path:
    """A GGUF file, or a folder, which the hub gives where it is none of this disk."""
    path = expand(named)
    if (path.suffix == ".gguf" and path.is_file()) or (path / "config.json").is_file():
        return path
    if not is_hub_id(named):
        raise NotFound(
            f"{named} is no model to train on.",
            hint="Give a folder with config.json, tokenizer and safetensors, a GGUF file, or a hub id (owner/name).",
        )
    return download_from_hub(named)


def _shape(config: Any) -> tuple[Any, ...]:
    return tuple(getattr(config, name, None) for name in _SHAPE)
