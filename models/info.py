"""One model as a person is shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from .manifest import Embedding


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as `ayllu models list` shows it. `path` is the GGUF file, or the folder of any other, where it is there."""

    name: str
    kind: Literal["chat", "embedder", "reranker"]
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
    embedding: Embedding | None = None  # of an embedder
    tools: bool = False  # whether it was trained to call functions; of a person's own file, whether its template takes them
    offered: bool = False  # whether the first start may offer it by itself

    @property
    def public_figures(self) -> str:
        """How well an embedder finds, as it was published, in words; empty where nothing is known."""
        figures = {} if self.embedding is None else self.embedding.public_ndcg
        return ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items())

    def to_json(self) -> dict[str, Any]:
        values = asdict(self) | {"embedding": None if self.embedding is None else self.embedding.model_dump()}
        sources = list(values.pop("downloads"))
        return values | {"path": str(self.path) if self.path else None, "sources": sources}
