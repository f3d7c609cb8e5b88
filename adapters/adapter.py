"""One tuned adapter with its lineage, and how a backend learns which one to answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

State = Literal["candidate", "promoted", "retired"]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter and where it comes from."""

    adapter_id: str
    base: str  # the model's name
    base_sha256: str
    dataset_sha256: str
    method: str
    created_at: str  # ISO 8601, UTC
    parent: str | None = None  # in use when it was trained
    settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)  # before and after, as the gate saw them
    reason: str = ""  # why it was promoted, or not
    events: int = 0  # corrections in the log when it was trained
    promoted_at: str = ""  # when it was last put to work; empty: never
    state: State = "candidate"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class ActiveAdapters(Protocol):
    """Which adapter a model is to be asked with, and where it is."""

    @property
    def folder(self) -> Path:
        """The folder that all of them are kept below."""
        ...

    def active(self, base: str) -> Adapter | None: ...

    def path(self, adapter_id: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class PinnedAdapter:
    """One adapter, whatever is promoted; with `None`, the untuned model. `gguf`: its file in llama.cpp's form; the folder of
    that has the adapter in PEFT's form too, as `peft`. `folder`: of the registry.
    """

    adapter_id: str | None
    gguf: Path = Path()
    folder: Path = Path()

    def active(self, base: str) -> Adapter | None:
        return Adapter(self.adapter_id, base, "", "", "", "") if self.adapter_id is not None else None

    def path(self, adapter_id: str) -> Path:
        return self.gguf
