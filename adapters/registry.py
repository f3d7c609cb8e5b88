"""The registry of tuned adapters: each with its lineage, and which one is in use for which base model.

A folder of folders, one an adapter, and `active.json`, the only thing that says what is in use: promotion and rollback are
one atomic write of it. Nothing half written ever has an `entry.json`. An id that a person or a file gives is checked before
it names a folder.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from ..errors import AylluError, NotFound, UsageError

State = Literal["candidate", "promoted", "retired"]
_GGUF = "adapter.gguf"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_GONE = ".gone-"  # what is being deleted is called so first, that nobody takes half of it for an adapter
_Histories = dict[str, list[str | None]]


class RegistryDamaged(AylluError):
    """`active.json` cannot be read."""

    kind = "registry_damaged"


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

    def active(self, base: str) -> Adapter | None: ...

    def path(self, adapter_id: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class PinnedAdapter:
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
        """The adapter's GGUF file; its folder holds the rest.

        Raises:
            NotFound: this is no adapter's id.
        """
        if not _ID.fullmatch(adapter_id):
            raise _unknown(adapter_id)
        return self.folder / adapter_id / _GGUF

    def size(self, adapter_id: str) -> int:
        """Bytes of the adapter's folder."""
        return size_on_disk(self.path(adapter_id).parent)

    def add(self, adapter: Adapter, files: Path) -> None:
        """Take in an adapter whose files stand whole in `files`, a folder on the same disk; it is moved here."""
        target = self.path(adapter.adapter_id).parent
        _write_entry(files, adapter)
        self.folder.mkdir(parents=True, exist_ok=True)
        files.rename(target)

    def list(self) -> Sequence[Adapter]:
        """Every adapter, oldest first; what cannot be read is left out.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        histories = self._active()
        return [_stated(one, histories) for one in self._entries()]

    def corrections_learned(self) -> int:
        """How many corrections there were when the latest adapter was trained."""
        known = self._entries()
        return max(known, key=lambda one: one.created_at).events if known else 0

    def get(self, adapter_id: str) -> Adapter:
        """One adapter.

        Raises:
            NotFound: there is none of that id.
            RegistryDamaged: nobody knows what is in use.
        """
        one = self._entry(adapter_id)
        if one is None:
            raise _unknown(adapter_id)
        return _stated(one, self._active())

    def active(self, base: str) -> Adapter | None:
        """The adapter in use for a base model; `None`: the untuned model.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        last = self._active().get(base, [None])[-1]
        one = self._entry(last) if last is not None else None
        return replace(one, state="promoted") if one is not None and self._usable(one.adapter_id) else None

    def promote(self, adapter_id: str) -> Adapter:
        """Put an adapter to work for its base model.

        Raises:
            NotFound: there is none of that id.
            UsageError: its file is gone.
            RegistryDamaged: nobody knows what is in use.
        """
        with self._changing() as active:
            one = self.get(adapter_id)
            if not self._usable(adapter_id):
                raise UsageError(
                    f"The adapter {adapter_id} has no {_GGUF} any more.", hint="Train it again: `ayllu improve`."
                )
            at = datetime.now(UTC).isoformat(timespec="seconds")
            _write_entry(self.folder / adapter_id, replace(one, promoted_at=at))  # first: what may have been in use is kept
            if active.setdefault(one.base, [None])[-1] != adapter_id:
                active[one.base].append(adapter_id)
        return self.get(adapter_id)

    def rollback(self, base: str, to: str | None = "") -> Adapter | None:
        """Go back by one (`to` empty), or to the adapter `to` of those in use before (`None`: the untuned model).

        Returns what is in use then, `None` for the untuned model. What is gone from the disk is passed over.

        Raises:
            UsageError: no adapter is in use, or `to` was not in use before.
            RegistryDamaged: nobody knows what is in use.
        """
        with self._changing() as active:
            history = active.get(base, [None])
            if history[-1] is None:
                raise UsageError(f"No adapter is in use for {base}.", hint="`ayllu adapters list` shows all.")
            if to != "" and to not in history[:-1]:
                raise UsageError(
                    f"{to!r} was not in use before {history[-1]}.",
                    hint="`ayllu adapters promote ID` puts any adapter to work.",
                )
            history.pop()
            while history[-1] is not None and (not self._usable(history[-1]) if to == "" else history[-1] != to):
                history.pop()
        return self.active(base)

    def collectable(self, keep: Collection[str]) -> Sequence[Adapter]:
        """Every adapter that is not in use, never was, and is not in `keep`; oldest first.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        return [one for one in self.list() if one.state == "candidate" and one.adapter_id not in keep]

    def collect(self, keep: Collection[str]) -> Sequence[str]:
        """Delete what is `collectable`; returns the ids."""
        gone = []
        with self._changing():  # nobody promotes meanwhile
            for one in self.collectable(keep):
                (self.folder / one.adapter_id).rename(self.folder / f"{_GONE}{one.adapter_id}")
                gone.append(one.adapter_id)
        for left in self.folder.glob(f"{_GONE}*"):
            shutil.rmtree(left, ignore_errors=True)
        return gone

    def note(self, adapter_id: str, **values: Any) -> Adapter:
        """Write more into an adapter's entry: what the gate found."""
        _write_entry(self.folder / adapter_id, replace(self.get(adapter_id), **values))
        return self.get(adapter_id)

    def _usable(self, adapter_id: str) -> bool:
        return self._entry(adapter_id) is not None and self.path(adapter_id).is_file()

    def _entries(self) -> Sequence[Adapter]:
        found = [self._entry(path.parent.name) for path in sorted(self.folder.glob("*/entry.json"))]
        return [one for one in found if one is not None]

    def _entry(self, adapter_id: str) -> Adapter | None:
        """The adapter of that id, its state left open; `None` where there is none, or what is there cannot be read."""
        if not _ID.fullmatch(adapter_id):
            return None
        try:
            one: Adapter = _checker(Adapter).validate_json((self.folder / adapter_id / "entry.json").read_bytes())
        except (OSError, ValueError):
            return None
        return one if one.adapter_id == adapter_id else None

    def _active(self) -> _Histories:
        """For each base model, what has been in use, the last being so now; the first is `None`, the untuned model."""
        file = self.folder / "active.json"
        try:
            found: _Histories = _checker(_Histories).validate_json(file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise RegistryDamaged(
                f"{file} cannot be read, so nobody knows which adapter is in use.",
                hint="Delete it: the untuned model answers then, and `ayllu adapters promote ID` puts one to work again.",
            ) from error
        return {base: [None, *(one for one in history if one is not None)] for base, history in found.items()}

    @contextmanager
    def _changing(self) -> Iterator[_Histories]:
        from filelock import FileLock

        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            active = self._active()
            before = json.dumps(active)
            yield active
            if json.dumps(active) != before:
                _write(self.folder / "active.json", active)


def size_on_disk(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    return sum(one.lstat().st_size for one in (path, *path.rglob("*")) if not one.is_dir())


def _stated(one: Adapter, histories: _Histories) -> Adapter:
    history = histories.get(one.base, [None])
    if history[-1] == one.adapter_id:
        return replace(one, state="promoted")
    return replace(one, state="retired" if one.promoted_at or one.adapter_id in history else "candidate")


def _unknown(adapter_id: str) -> NotFound:
    return NotFound(f"There is no adapter {adapter_id!r}.", hint="`ayllu adapters list` shows all.")


@cache
def _checker(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _write_entry(folder: Path, adapter: Adapter) -> None:
    _write(folder / "entry.json", {key: value for key, value in adapter.to_json().items() if key != "state"})


def _write(path: Path, value: Any) -> None:
    """One JSON file, whole or not at all, on disk before this returns."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
