"""Weights as torch reads them: a GGUF file (dequantised), a Hugging Face folder, or what the hub has under a name."""

from __future__ import annotations

import logging
import os
import re
import shutil
from pathlib import Path
from typing import Any

from ..paths import expand
from .converted import ConvertedWeights
from .errors import BaseUnreachable

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_PATTERNS = ["*.safetensors", "*.json", "*.model", "*.jinja", "*.txt"]  # no pickles: they run what they hold
log = logging.getLogger(__name__)


def is_hub_id(name: str) -> bool:
    """Whether this may be the hub's name of a model (owner/name), and is nothing on this disk."""
    return _HUB_ID.fullmatch(name) is not None and not expand(name).exists()


def download_from_hub(hub_id: str) -> Path:
    """The folder of the hub's model `hub_id`, with its safetensors; pulled where it is not whole.

    Raises:
        BaseUnreachable: the hub does not give it, and it is not here.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub as hub

    try:
        return Path(hub.snapshot_download(hub_id, allow_patterns=_PATTERNS))
    except Exception as error:  # an edge: whatever the hub's client raises
        raise BaseUnreachable(hub_id, error) from error


def load_tokenizer(base: Path) -> Any:
    """The tokenizer of a GGUF file or a folder; what it lacks of a padding token is its end token."""
    from transformers import AutoTokenizer

    location, options = _load_options(base)
    tokenizer = AutoTokenizer.from_pretrained(location, **options)
    if base.suffix == ".gguf" and getattr(tokenizer, "add_bos_token", False) and not _adds_first_token(base):
        tokenizer.add_bos_token = False  # transformers 4 goes by the architecture
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base(
    base: Path, dtype: str, device: str, *, four_bit: bool = False, converted: ConvertedWeights | None = None
) -> tuple[Any, Any]:
    """The model and tokenizer of a GGUF file (dequantised) or of a Hugging Face folder.

    With `converted` a file's weights are taken from there, and are kept there the first time.
    `four_bit` holds its weights as NF4 (QLoRA, Dettmers et al., 2023); they are computed with in `dtype`.
    """
    import torch
    from transformers import AutoModelForCausalLM

    if converted is not None and base.suffix == ".gguf" and not four_bit:
        return _load_converted(base, dtype, device, converted)
    location, options = _load_options(base)
    torch_dtype = getattr(torch, dtype)
    if four_bit:
        return _load_four_bit(base, torch_dtype, device), load_tokenizer(base)
    model = AutoModelForCausalLM.from_pretrained(location, dtype=torch_dtype, **options)
    if base.suffix == ".gguf":  # its weights are ordinary ones now, whatever transformers 5 still says of their origin
        model.is_quantized, model.hf_quantizer = False, None
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
    return model.to(device), load_tokenizer(base)


def _load_converted(base: Path, dtype: str, device: str, converted: ConvertedWeights) -> tuple[Any, Any]:
    """From the conversion where there is one; a damaged one is passed over, and the file read anew."""
    kept = converted.find(base, dtype)
    if kept is not None:
        try:
            return load_base(kept, dtype, device)
        except Exception:  # an edge: whatever transformers makes of files that were damaged
            log.warning("the converted weights in %s cannot be read", kept, exc_info=True)
            shutil.rmtree(kept, ignore_errors=True)
    model, tokenizer = load_base(base, dtype, "cpu")
    converted.keep(base, dtype, model, tokenizer)
    return model.to(device), tokenizer


def _load_four_bit(base: Path, torch_dtype: Any, device: str) -> Any:
    import tempfile

    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    quantization = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch_dtype, bnb_4bit_use_double_quant=True
    )
    options: dict[str, Any] = {
        "trust_remote_code": False,
        "quantization_config": quantization,
        "dtype": torch_dtype,
        "device_map": {"": device},
    }
    if base.suffix != ".gguf":
        return AutoModelForCausalLM.from_pretrained(str(base), **options)
    with tempfile.TemporaryDirectory(prefix="ayllu-base-") as folder:  # one form of quantisation at a time
        load_base(base, str(torch_dtype).removeprefix("torch."), "cpu")[0].save_pretrained(folder)
        return AutoModelForCausalLM.from_pretrained(folder, **options)


def _adds_first_token(gguf_file: Path) -> bool:
    """Whether a text begins with a token of its own, as the file says it; yes where it says nothing."""
    import gguf

    field = gguf.GGUFReader(gguf_file).fields.get("tokenizer.ggml.add_bos_token")
    return field is None or bool(field.contents())


def _load_options(base: Path) -> tuple[str, dict[str, Any]]:
    """What to load, and how. Code that comes with a model is not run, nor asked about."""
    safe = {"trust_remote_code": False}
    return (str(base.parent), {**safe, "gguf_file": base.name}) if base.suffix == ".gguf" else (str(base), safe)
