"""The new folder that an adapter is exported into: written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ...adapters import size_on_disk
from ...errors import AylluError, UsageError
from ...models import DiskFull
from ...paths import expand
from ...text import size

Announce = Callable[[str], None]
_MARGIN_BYTES = 50_000_000  # kept free on the disk; a tokenizer takes some of it


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    files: Sequence[str]
    size_bytes: int


class WriteFailed(AylluError):
    """The target could not be written to."""

    kind = "write_failed"


@contextmanager
def new_folder(out: Path, needed: int, announce: Announce) -> Iterator[Path]:
    """A folder to write `needed` bytes into; it becomes `out` at the end, and is gone where it could not be filled.

    Raises:
        UsageError: `out` holds something.
        DiskFull, WriteFailed: it cannot be written.
    """
    out = expand(out).absolute()
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise UsageError(f"{out} is there already and is not empty.", hint="Name a new folder.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for left in out.parent.glob(f".{out.name}.*.part"):
            if not _alive(left):
                shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(out.parent).free
        if free < needed + _MARGIN_BYTES:
            raise DiskFull(
                f"{out} needs {size(needed + _MARGIN_BYTES)} and its disk has {size(free)} free.",
                hint="Make room, or name a folder on another disk.",
            )
        announce(f"Writing about {size(needed)} into {out}.")
        staging = out.with_name(f".{out.name}.{os.getpid()}.part")
        staging.mkdir()
        try:
            yield staging
            if out.exists():
                out.rmdir()  # empty, see above
            staging.rename(out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise WriteFailed(f"{out} cannot be written: {error.strerror or error}.", hint="Name another folder.") from error


def exported(out: Path) -> Exported:
    """What stands in `out`."""
    return Exported(out, sorted(file.name for file in out.iterdir()), size_on_disk(out))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")


def _alive(staging: Path) -> bool:
    """Whether the process that writes `.NAME.PID.part` lives."""
    pid = staging.name.split(".")[-2]
    return pid.isdigit() and psutil.pid_exists(int(pid))
