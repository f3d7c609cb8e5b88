"""What a person names (files, folders, globs, addresses) as a list of documents, each real file once."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_SKIPPED = {"node_modules", "__pycache__", "venv", "site-packages"}


@dataclass(frozen=True, slots=True)
class Item:
    """One document to read. `root` is what the person named, made absolute."""

    source: str  # real path, or URL
    root: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that cannot be looked at, and why."""

    source: str
    error: str


def walk(names: Sequence[str]) -> Iterator[Item | Missing]:
    """Every document below `names`, in a stable order. Links are followed, loops are not, hidden entries are left out."""
    seen: set[str] = set()
    for name in names:
        for entry in _named(name):
            if isinstance(entry, Item):
                if entry.source in seen:
                    continue
                seen.add(entry.source)
            yield entry


def is_skipped(name: str) -> bool:
    """Whether an entry of a folder is left out for its name."""
    return name.startswith(".") or name in _SKIPPED


def is_url(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def _named(name: str) -> Iterator[Item | Missing]:
    if is_url(name):
        yield Item(name, name)
        return
    path = Path(name).expanduser().absolute()
    if "\x00" in name:
        yield Missing(name.replace("\x00", "\ufffd"), "a path cannot hold a NUL character")
    elif os.path.lexists(path):
        yield from _below(path, str(path.resolve()), set()) if path.is_dir() else _file(path, str(path.resolve()))
    elif glob.has_magic(name):
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - an absolute pattern
        if not matches:
            yield Missing(name, "nothing matches")
        for match in matches:
            if not Path(match).is_dir():
                yield from _file(Path(match), str(Path(match).resolve()))
    else:
        yield Missing(name, "there is no such file or folder")


def _below(folder: Path, root: str, above: set[str]) -> Iterator[Item | Missing]:
    real = str(folder.resolve())
    if real in above:
        return  # a link back to a folder we are in
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Missing(str(folder), _reason(error))
        return
    for entry in entries:
        if is_skipped(entry.name):
            continue
        path = Path(entry.path)
        if path.is_dir():
            yield from _below(path, root, above | {real})
        else:
            yield from _file(path, root)


def _file(path: Path, root: str) -> Iterator[Item | Missing]:
    try:
        real = path.resolve(strict=True)
        kind = real.stat().st_mode
    except (OSError, RuntimeError) as error:
        yield Missing(str(path), _reason(error))
        return
    if stat.S_ISREG(kind):
        yield Item(str(real), root)
    else:
        yield Missing(str(path), "it is not a regular file")


def _reason(error: BaseException) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return reason[:1].lower() + reason[1:]
