"""The model that an adapter is trained on: the GGUF in use, or any Hugging Face model or folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotFound
from ..models import ModelStore
from . import gguf_adapter
from .errors import BaseUnreachable

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_WANTED = ["*.safetensors", "*.json", "*.model", "*.jinja", "*.txt"]  # no pickles: they run what they hold


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
    """What of a model decides how much memory training takes."""

    parameters: int
    layers: int
    width: int
    context: int  # tokens


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
        if path.exists() or not _HUB_ID.fullmatch(named):
            raise NotFound(
                f"{named} is no model to train on.",
                hint="Give a folder with config.json, tokenizer and safetensors, a GGUF file, or a hub id (owner/name).",
            )
        path = _from_hub(named)
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
    )


def load_tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    source, more = _source(base)
    tokenizer = AutoTokenizer.from_pretrained(source, **more)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base(base: Path, dtype: str, device: str, *, four_bit: bool = False) -> tuple[Any, Any]:
    """The model and tokenizer of a GGUF file (dequantised) or of a Hugging Face folder.

    `four_bit` holds its weights as NF4 (QLoRA, Dettmers et al., 2023); they are computed with in `dtype`.
    """
    import torch
    from transformers import AutoModelForCausalLM

    source, more = _source(base)
    kind = getattr(torch, dtype)
    if four_bit:
        return _four_bit(base, kind, device), load_tokenizer(base)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=kind, **more)
    if more:  # its weights are ordinary ones now, whatever transformers 5 still says of their origin
        model.is_quantized, model.hf_quantizer = False, None
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
    return model.to(device), load_tokenizer(base)


def _four_bit(base: Path, kind: Any, device: str) -> Any:
    import tempfile

    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    form = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=kind, bnb_4bit_use_double_quant=True
    )
    options = {"quantization_config": form, "dtype": kind, "device_map": {"": device}}
    if base.suffix != ".gguf":
        return AutoModelForCausalLM.from_pretrained(str(base), **options)
    with tempfile.TemporaryDirectory(prefix="ayllu-base-") as folder:  # one form of quantisation at a time
        load_base(base, str(kind).removeprefix("torch."), "cpu")[0].save_pretrained(folder)
        return AutoModelForCausalLM.from_pretrained(folder, **options)


def _source(base: Path) -> tuple[str, dict[str, str]]:
    return (str(base.parent), {"gguf_file": base.name}) if base.suffix == ".gguf" else (str(base), {})


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


def _from_hub(named: str) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub as hub

    try:
        return Path(hub.snapshot_download(named, allow_patterns=_WANTED))
    except Exception as error:  # an edge: whatever the hub's client raises
        raise BaseUnreachable(named, error) from error
