"""A PEFT LoRA as a llama.cpp adapter in GGUF, of the families in `families`.

Format: llama.cpp `convert_lora_to_gguf.py` and its loader: the base's architecture, type `adapter`, `adapter.type = lora`;
`blk.N.PART.weight.lora_a` of shape (rank, in) and `lora_b` of shape (out, rank), under the names that `gguf` has for the
architecture. Where llama.cpp lays out the rows of the query and key projections for its rotary embedding, the rows of their
`lora_b` are permuted likewise.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Unsupported
from ..methods import base_config
from .families import Family, family_of

# Settings of PEFT that make an adapter more than `lora_b @ lora_a * alpha / rank` on linear layers, and their plain values.
_PLAIN: Mapping[str, Collection[Any]] = {
    "peft_type": ("LORA",),
    "bias": ("none",),
    "lora_bias": (False, None),
    "use_dora": (False, None),
    "use_qalora": (False, None),
    "fan_in_fan_out": (False, None),
    "modules_to_save": (None, []),
    "trainable_token_indices": (None, [], {}),
    "target_parameters": (None, []),
    "rank_pattern": (None, {}),
    "alpha_pattern": (None, {}),
    "layer_replication": (None, []),
    "alora_invocation_tokens": (None, []),
    "init_lora_weights": (True, False, None, "gaussian", "orthogonal"),  # the others change the base too
}
_NAME = re.compile(r"base_model\.model\.(model\.layers\.\d+\.[a-z_.]+)\.lora_([AB])\.weight")
_ROTARY = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}


def convert_adapter(adapter: Path, base: Path, out: Path) -> None:
    """Write the PEFT adapter of `base` in the folder `adapter` to the GGUF file `out`, whole or not at all.

    Raises:
        Unsupported: the base's family, or the kind of adapter, has no counterpart.
    """
    import gguf
    from safetensors.numpy import load_file

    model = base_config(base)
    family = family_of(model)
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    check_plain(config)
    counterparts = _Counterparts(family, model.num_hidden_layers)
    tensors = {counterparts.name(name): values for name, values in load_file(adapter / "adapter_model.safetensors").items()}
    scratch = out.with_name(f".{out.name}.part")
    writer = gguf.GGUFWriter(scratch, family.architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", scaled_alpha(config))
    for (part, side), tensor in sorted(tensors.items()):
        values = tensor.astype(np.float32)
        heads = _ROTARY.get(part.split(".")[-1])
        if family.permuted and side == "b" and heads is not None:
            values = permute_rows(values, getattr(model, heads))
        writer.add_tensor(f"{part}.weight.lora_{side}", np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    scratch.replace(out)


def ensure_converted(adapter: Path, base: Path) -> Path:
    """The GGUF file beside the folder `adapter`, written where it is not there yet."""
    path = adapter.parent / "adapter.gguf"
    if not path.is_file():
        convert_adapter(adapter, base, path)
    return path


def check_plain(config: Mapping[str, Any]) -> None:
    """See that llama.cpp has a counterpart of what PEFT's settings `config` make of the adapter.

    Raises:
        Unsupported: it has none; the message names the setting.
    """
    for name, plain in _PLAIN.items():
        if name in config and config[name] not in plain:
            raise Unsupported(
                f"An adapter with `{name}` {config[name]!r} cannot be written for llama.cpp.",
                hint="Export it `merged`, or train it without.",
            )


def scaled_alpha(config: Mapping[str, Any]) -> float:
    """The alpha that llama.cpp divides by the rank; rank-stabilised LoRA divides by its root, which is made up for here."""
    alpha = float(config["lora_alpha"])
    return alpha * math.sqrt(config["r"]) if config.get("use_rslora") else alpha


class _Counterparts:
    """llama.cpp's names of a model's parts."""

    def __init__(self, family: Family, layers: int) -> None:
        import gguf

        architectures = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
        self._names = gguf.get_tensor_name_map(architectures[family.architecture], layers)

    def name(self, tensor: str) -> tuple[str, str]:
        """The part (`blk.0.attn_q`), and "a" or "b", of a tensor by PEFT's name.

        Raises:
            Unsupported: it has none.
        """
        match = _NAME.fullmatch(tensor)
        part = self._names.get_name(match[1]) if match else None
        if match is None or part is None:
            raise Unsupported(
                f"The tuned part `{tensor}` has no counterpart in llama.cpp.",
                hint="Export it `merged`, or tune linear layers only.",
            )
        return part, match[2].lower()


def permute_rows(rows: Any, heads: int) -> Any:
    """Rows (out, rank) in llama.cpp's order: in each head, the halves that rotate together are interleaved."""
    out = rows.shape[0]
    return rows.reshape(heads, 2, out // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)
