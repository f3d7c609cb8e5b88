"""One model as a person is shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as `ayllu models list` shows it. `path` is the GGUF file, or the folder of any other, where it is there."""

    name: str
    kind: Literal["chat", "embedder"]
    title: str
    licence: str
    size_bytes: int
    memory_bytes: int  # roughly needed to run it
    context: int  # tokens
    style: Literal["span", "prose"]
    default: bool
    present: bool
    path: Path | None
    downloads: Sequence[str]  # where it can be had, in words, in the order in which they are tried
    original: str = ""  # what the hub calls it in safetensors

    def to_json(self) -> dict[str, Any]:
        values = asdict(self)
        sources = list(values.pop("downloads"))
        return values | {"path": str(self.path) if self.path else None, "sources": sources}
