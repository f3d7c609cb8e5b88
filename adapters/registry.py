"""The registry of tuned adapters: each with its lineage, and which one is in use for which base model.

A folder of folders, one an adapter, and `active.json`, the only thing that says what is in use: promotion and rollback are
one atomic write of it. Nothing half written ever has an `entry.json`. An id that a person or a file gives is checked before
it names a folder.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ..errors import AylluError, NotFound, UsageError
from ..storage import make_private_folder, write_private
from .adapter import Adapter
from .looks import Looks

_GGUF = "adapter.gguf"
_PEFT = "peft/adapter_model.safetensors"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DELETED = ".gone-"  # what is being deleted is called so first, that nobody takes half of it for an adapter
_Histories = dict[str, list[str | None]]
Form = Literal["gguf", "peft"]


class RegistryDamaged(AylluError):
    """`active.json` cannot be read."""

    kind = "registry_damaged"


class AdapterRegistry:
    """All adapters of one home. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def looks(self) -> Looks:
        """How often which questions have decided about the adapters."""
        return Looks(self.folder)

    def new_id(self) -> str:
        return f"a{datetime.now(UTC):%Y%m%d%H%M%S}{secrets.token_hex(2)}"

    def path(self, adapter_id: str) -> Path:
        """The adapter's GGUF file, which need not be there; its folder holds the rest.

        Raises:
            NotFound: this is no adapter's id.
        """
        if not _ID.fullmatch(adapter_id):
            raise _unknown(adapter_id)
        return self.folder / adapter_id / _GGUF

    def forms(self, adapter_id: str) -> Sequence[Form]:
        """In which it is here: `gguf` for llama.cpp, `peft` for transformers, vLLM and TGI."""
        files: Mapping[Form, str] = {"gguf": _GGUF, "peft": _PEFT}
        folder = self.path(adapter_id).parent
        return [form for form, file in files.items() if (folder / file).is_file()]

    def size(self, adapter_id: str) -> int:
        """Bytes of the adapter's folder."""
        return size_on_disk(self.path(adapter_id).parent)

    def add(self, adapter: Adapter, files: Path) -> None:
        """Take in an adapter whose files stand whole in `files`, a folder on the same disk; it is moved here."""
        target = self.path(adapter.adapter_id).parent
        _write_entry(files, adapter)
        make_private_folder(self.folder)
        files.rename(target)

    def list(self) -> Sequence[Adapter]:
        """Every adapter, oldest first; what cannot be read is left out.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        histories = self._histories()
        return [_with_state(adapter, histories) for adapter in self._entries()]

    def corrections_learned(self) -> int:
        """How many corrections there were when the latest adapter was trained."""
        latest = max(self._entries(), key=lambda adapter: adapter.created_at, default=None)
        return latest.events if latest is not None else 0

    def get(self, adapter_id: str) -> Adapter:
        """One adapter.

        Raises:
            NotFound: there is none of that id.
            RegistryDamaged: what is known of it, or what is in use, cannot be read.
        """
        adapter = self._entry(adapter_id)
        if adapter is None and _ID.fullmatch(adapter_id) and (entry := self.folder / adapter_id / "entry.json").exists():
            raise RegistryDamaged(
                f"{entry} cannot be read, so nothing is known of the adapter {adapter_id}.",
                hint="Restore it from a backup, or move its folder away; `ayllu improve` trains another.",
            )
        if adapter is None:
            raise _unknown(adapter_id)
        return _with_state(adapter, self._histories())

    def active(self, base: str) -> Adapter | None:
        """The adapter in use for a base model; `None`: the untuned model.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        last = self._histories().get(base, [None])[-1]
        adapter = self._entry(last) if last is not None else None
        return replace(adapter, state="promoted") if adapter is not None and self._usable(adapter.adapter_id) else None

    def promote(self, adapter_id: str) -> Adapter:
        """Put an adapter to work for its base model.

        Raises:
            NotFound: there is none of that id.
            UsageError: its file is gone.
            RegistryDamaged: nobody knows what is in use.
        """
        with self._changing() as histories:
            adapter = self.get(adapter_id)
            if not self._usable(adapter_id):
                raise UsageError(
                    f"The adapter {adapter_id} has neither {_GGUF} nor {_PEFT} any more.",
                    hint="Train it again: `ayllu improve`.",
                )
            self._note_promoted(adapter)  # first: what may have served is kept
            history = histories.setdefault(adapter.base, [None])
            if history[-1] != adapter_id:
                history.append(adapter_id)
        return self.get(adapter_id)

    def rollback(self, base: str, to: str | None = "") -> Adapter | None:
        """Go back by one (`to` empty), or to the adapter `to` of those in use before (`None`: the untuned model).

        Returns what is in use then, `None` for the untuned model. What is gone from the disk is passed over.

        Raises:
            UsageError: no adapter is in use, or `to` was not in use before.
            RegistryDamaged: nobody knows what is in use.
        """
        with self._changing() as histories:
            history = histories.get(base, [None])
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
            if (back := self._entry(history[-1]) if history[-1] is not None else None) is not None:
                self._note_promoted(back)
        return self.active(base)

    def collectable(self, keep: Collection[str]) -> Sequence[Adapter]:
        """Every adapter that is not in use, never was, and is not in `keep`; oldest first.

        Raises:
            RegistryDamaged: nobody knows what is in use.
        """
        return [adapter for adapter in self.list() if adapter.state == "candidate" and adapter.adapter_id not in keep]

    def collect(self, keep: Collection[str]) -> Sequence[str]:
        """Delete what is `collectable`; returns the ids."""
        with self._changing():  # nobody promotes meanwhile
            deleted = [adapter.adapter_id for adapter in self.collectable(keep)]
            for adapter_id in deleted:
                (self.folder / adapter_id).rename(self.folder / f"{_DELETED}{adapter_id}")
        for folder in self.folder.glob(f"{_DELETED}*"):
            shutil.rmtree(folder, ignore_errors=True)
        return deleted

    def note(self, adapter_id: str, **values: Any) -> Adapter:
        """Write more into an adapter's entry: what the gate found."""
        _write_entry(self.folder / adapter_id, replace(self.get(adapter_id), **values))
        return self.get(adapter_id)

    def _note_promoted(self, adapter: Adapter) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        _write_entry(self.folder / adapter.adapter_id, replace(adapter, promoted_at=now))

    def _usable(self, adapter_id: str) -> bool:
        return self._entry(adapter_id) is not None and bool(self.forms(adapter_id))

    def _entries(self) -> Sequence[Adapter]:
        entries = (self._entry(path.parent.name) for path in sorted(self.folder.glob("*/entry.json")))
        return [adapter for adapter in entries if adapter is not None]

    def _entry(self, adapter_id: str) -> Adapter | None:
        """The adapter of that id, its state left open; `None` where there is none, or what is there cannot be read."""
        if not _ID.fullmatch(adapter_id):
            return None
        try:
            adapter: Adapter = _checker(Adapter).validate_json((self.folder / adapter_id / "entry.json").read_bytes())
        except (OSError, ValueError):
            return None
        return adapter if adapter.adapter_id == adapter_id else None

    def _histories(self) -> _Histories:
        """For each base model, what has been in use, the last being so now; the first is `None`, the untuned model."""
        file = self.folder / "active.json"
        try:
            histories: _Histories = _checker(_Histories).validate_json(file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise RegistryDamaged(
                f"{file} cannot be read, so nobody knows which adapter is in use.",
                hint="Delete it: the untuned model answers then, and `ayllu adapters promote ID` puts one to work again.",
            ) from error
        return {base: [None, *(name for name in history if name is not None)] for base, history in histories.items()}

    @contextmanager
    def _changing(self) -> Iterator[_Histories]:
        from filelock import FileLock

        make_private_folder(self.folder)
        with FileLock(self.folder / ".lock"):
            histories = self._histories()
            before = json.dumps(histories)
            yield histories
            if json.dumps(histories) != before:
                _write(self.folder / "active.json", histories)


def size_on_disk(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    return sum(file.lstat().st_size for file in (path, *path.rglob("*")) if not file.is_dir())


def _with_state(adapter: Adapter, histories: _Histories) -> Adapter:
    history = histories.get(adapter.base, [None])
    if history[-1] == adapter.adapter_id:
        return replace(adapter, state="promoted")
    served = adapter.promoted_at or adapter.adapter_id in history
    return replace(adapter, state="retired" if served else "candidate")


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
    write_private(path, json.dumps(value, indent=2))
