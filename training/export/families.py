"""Which families of models llama.cpp takes an adapter of, and under which architecture it knows them.

llama.cpp lays out the rows of query and key for its rotary embedding in the families that it reads as `llama`; in the others
they stand as transformers has them. Each family here is held to that by a test, on tiny random models. Another that `gguf`
knows under the same name is tried too, but only its parity check says whether that was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Unsupported


@dataclass(frozen=True, slots=True)
class Family:
    """`permuted`: the rows of query and key are in llama.cpp's own order. `tested`: against transformers, by a test."""

    architecture: str  # of the GGUF file
    permuted: bool = False
    tested: bool = True


FAMILIES = {  # by transformers' `model_type`
    "llama": Family("llama", permuted=True),
    "mistral": Family("llama", permuted=True),
    "qwen2": Family("qwen2"),
    "qwen3": Family("qwen3"),
    "gemma": Family("gemma"),
    "gemma2": Family("gemma2"),
    "gemma3_text": Family("gemma3"),
    "phi3": Family("phi3"),
}


def family_of(model: Any) -> Family:
    """The family of the configuration `model`.

    Raises:
        Unsupported: llama.cpp takes no adapters of it, or by a name that is not known.
    """
    import gguf

    if (family := FAMILIES.get(model.model_type)) is not None:
        return family
    if model.model_type in gguf.MODEL_ARCH_NAMES.values():
        return Family(model.model_type, tested=False)
    raise Unsupported(
        f"An adapter of a `{model.model_type}` model cannot be written for llama.cpp.",
        hint=f"Families that can: {', '.join(FAMILIES)}. transformers, vLLM and TGI load it in PEFT's form.",
    )
