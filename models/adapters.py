"""The registry of tuned adapters: each with its lineage, and which one is in use for which base model.

A folder of folders, one an adapter, and `active.json`, the only thing that says what is in use: promotion and rollback are
one atomic write of it. Nothing half written ever has an `entry.json`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from ..errors import NotFound, UsageError

State = Literal["candidate", "promoted", "retired"]
_GGUF = "adapter.gguf"
_Histories = dict[str, list[str | None]]


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
    state: State = "candidate"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Adapters(Protocol):
    """Which adapter a model is to be asked with, and where it is."""

    def active(self, base: str) -> Adapter | None: ...

    def path(self, adapter_id: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class Pinned:
    """One adapter, whatever is promoted; with `None`, the untuned model."""

    adapter_id: str | None
    gguf: Path = Path()

    def active(self, base: str) -> Adapter | None:
        return Adapter(self.adapter_id, base, "", "", "", "") if self.adapter_id is not None else None

    def path(self, adapter_id: str) -> Path:
        return self.gguf


class AdapterRegistry:
    """All adapters of one home. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_id(self) -> str:
        return f"a{datetime.now(UTC):%Y%m%d%H%M%S}{secrets.token_hex(2)}"

    def path(self, adapter_id: str) -> Path:
        """The adapter's GGUF file; its folder holds the rest."""
        return self.folder / adapter_id / _GGUF

    def add(self, adapter: Adapter, files: Path) -> None:
        """Take in an adapter whose files stand whole in `files`, a folder on the same disk; it is moved here."""
        target = self.folder / adapter.adapter_id
        _write(files / "entry.json", {key: value for key, value in adapter.to_json().items() if key != "state"})
        self.folder.mkdir(parents=True, exist_ok=True)
        files.rename(target)

    def list(self) -> Sequence[Adapter]:
        """Every adapter, oldest first; what cannot be read is left out."""
        found = []
        for entry in sorted(self.folder.glob("*/entry.json")):
            try:
                found.append(self._state(Adapter(**json.loads(entry.read_text("utf-8")))))
            except (OSError, ValueError, TypeError):
                continue
        return found

    def learnt(self) -> int:
        """How many corrections there were when the latest adapter was trained."""
        known = self.list()
        return max(known, key=lambda one: one.created_at).events if known else 0

    def get(self, adapter_id: str) -> Adapter:
        """One adapter.

        Raises:
            NotFound: there is none of that id.
        """
        for one in self.list():
            if one.adapter_id == adapter_id:
                return one
        raise NotFound(f"There is no adapter {adapter_id!r}.", hint="`ayllu adapters list` shows all.")

    def active(self, base: str) -> Adapter | None:
        """The adapter in use for a base model; `None`: the untuned model."""
        history = self._active().get(base, [])
        if not history or history[-1] is None or not self.path(history[-1]).is_file():
            return None
        return self.get(history[-1])

    def promote(self, adapter_id: str) -> Adapter:
        """Put an adapter to work for its base model.

        Raises:
            NotFound: there is none of that id.
            UsageError: its file is gone.
        """
        one = self.get(adapter_id)
        if not self.path(adapter_id).is_file():
            raise UsageError(f"The adapter {adapter_id} has no {_GGUF} any more.", hint="Train it again: `ayllu improve`.")
        with self._changing() as active:
            if active.setdefault(one.base, [None])[-1] != adapter_id:
                active[one.base].append(adapter_id)
        return self.get(adapter_id)

    def rollback(self, base: str) -> Adapter | None:
        """Go back to what was in use before; returns it, `None` for the untuned model.

        Raises:
            UsageError: no adapter is in use.
        """
        with self._changing() as active:
            history = active.get(base, [])
            if not history or history[-1] is None:
                raise UsageError(f"No adapter is in use for {base}.", hint="`ayllu adapters list` shows all.")
            history.pop()
        return self.active(base)

    def collect(self, keep: Sequence[str]) -> Sequence[str]:
        """Delete every adapter that is not in use, never was, and is not in `keep`; returns their ids."""
        gone = []
        for one in self.list():
            if one.state == "candidate" and one.adapter_id not in keep:
                shutil.rmtree(self.folder / one.adapter_id)
                gone.append(one.adapter_id)
        return gone

    def note(self, adapter_id: str, **values: Any) -> Adapter:
        """Write more into an adapter's entry: what the gate found."""
        one = replace(self.get(adapter_id), **values)
        entry = {key: value for key, value in one.to_json().items() if key != "state"}
        _write(self.folder / adapter_id / "entry.json", entry)
        return self.get(adapter_id)

    def _state(self, one: Adapter) -> Adapter:
        history = self._active().get(one.base, [])
        if history and history[-1] == one.adapter_id:
            return replace(one, state="promoted")
        return replace(one, state="retired") if one.adapter_id in history else one

    def _active(self) -> _Histories:
        """For each base model, what has been in use, the last being so now."""
        try:
            found: _Histories = json.loads((self.folder / "active.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return found

    @contextmanager
    def _changing(self) -> Iterator[_Histories]:
        from filelock import FileLock

        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            active = self._active()
            yield active
            _write(self.folder / "active.json", active)


def _write(path: Path, value: Any) -> None:
    """One JSON file, whole or not at all, on disk before this returns."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
