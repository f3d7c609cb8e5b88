"""`merged`: a Hugging Face folder of its own, which needs neither a base nor an adapter, without pickles.

It is read by transformers 4 and 5 alike, and by what is built on either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ...models import load_base
from ...text import one_line
from ..errors import Unsupported
from ..methods import check_installed
from .folders import Announce, Exported, exported, new_folder, write_json
from .trained import peft_folder

Dtype = Literal["bfloat16", "float16", "float32"]
_WIDTHS: Mapping[Dtype, int] = {"bfloat16": 2, "float16": 2, "float32": 4}  # bytes


def export_merged(adapter: Path | None, base: Path, out: Path, dtype: Dtype, announce: Announce) -> Exported:
    """Write `base`, a GGUF file or a Hugging Face folder, into `out` with the adapter (none: as it is) merged into it.

    Merged at f32, then rounded to `dtype`.

    Raises:
        UsageError: `out` holds something; there is no adapter.
        Unsupported: the base cannot be read, or the adapter does not fit it.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    check_installed()
    import torch
    from peft import PeftModel
    from transformers import GenerationConfig

    source = peft_folder(adapter) if adapter is not None else None
    with new_folder(out, _parameters(base) * _WIDTHS[dtype], announce) as staging:
        try:
            model, tokenizer = load_base(base, "float32", "cpu")
        except Exception as error:  # an edge: whatever several libraries find wrong with a person's files
            raise Unsupported(
                f"{base} cannot be read as a model: {one_line(str(error), 200)}.",
                hint="Name a GGUF file or a Hugging Face folder.",
            ) from error
        if source is not None:
            try:
                model = PeftModel.from_pretrained(model, str(source)).merge_and_unload()
            except (RuntimeError, ValueError) as error:
                raise Unsupported(
                    f"The adapter does not fit {base}: {one_line(str(error), 200)}.", hint="Name the base it was trained on."
                ) from error
        model = model.to(getattr(torch, dtype))
        if base.suffix == ".gguf":  # a folder has its own
            ends = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
            model.generation_config = GenerationConfig(**ends)
        model.save_pretrained(staging)
        tokenizer.save_pretrained(staging)
        _for_older_readers(staging, dtype, tokenizer)
    return exported(out)


def _for_older_readers(folder: Path, dtype: str, tokenizer: Any) -> None:
    """Say in the words of transformers 4 too what version 5 writes in its own; 5 reads both."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["torch_dtype"] = dtype
    rope = config.get("rope_parameters")
    if isinstance(rope, dict) and "rope_theta" in rope:  # one for all layers
        config["rope_theta"] = rope["rope_theta"]
        if rope.get("rope_type", "default") != "default":
            config["rope_scaling"] = {name: value for name, value in rope.items() if name != "rope_theta"}
    write_json(folder / "config.json", config)
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text("utf-8"))
    if settings.get("tokenizer_class") == "TokenizersBackend":
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    if isinstance(settings.get("extra_special_tokens"), list):
        settings["additional_special_tokens"] = settings.pop("extra_special_tokens")
    settings["model_input_names"] = list(tokenizer.model_input_names)  # 4 would add token types, which no Llama takes
    if tokenizer.chat_template is not None:
        settings["chat_template"] = tokenizer.chat_template  # TGI's router looks for it here
    write_json(file, settings)


def _parameters(base: Path) -> int:
    """How many numbers a model consists of."""
    if base.suffix == ".gguf":
        import gguf

        return sum(int(tensor.n_elements) for tensor in gguf.GGUFReader(base).tensors)
    import math

    from safetensors import safe_open

    files = sorted(base.glob("*.safetensors"))
    if not files:
        raise Unsupported(f"{base} is no model in safetensors.", hint="Name a GGUF file or a Hugging Face folder.")
    total = 0
    for file in files:
        with safe_open(file, framework="numpy") as tensors:
            total += sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118 - no dict
    return total
