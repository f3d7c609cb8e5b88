"""Patterns such as `notes/**/*.md`, for files that are there and for those that are there no more.

`**` goes into each real folder once: Python's own follows every link at every level, and does not end where links cross.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

_ANY_FOLDERS = "**"


def split_pattern(pattern: Path) -> tuple[Path, Sequence[str]]:
    """The folder that an absolute pattern begins in, and the rest of it part by part."""
    parts = pattern.parts
    first = next((at for at, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    rest = [part for at, part in enumerate(parts[first:]) if part != _ANY_FOLDERS or parts[first + at - 1] != _ANY_FOLDERS]
    return Path(*parts[:first]), rest


def find_matches(folder: Path, parts: Sequence[str], *, follow_links: bool) -> Iterator[Path | OSError]:
    """What is there and matches, in a stable order, and what could not be looked at. Hidden entries match only by name."""
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if part == _ANY_FOLDERS:
        for below in _folders(folder, set(), follow_links=follow_links):
            if isinstance(below, OSError):
                yield below
            else:
                yield from find_matches(below, rest or ["*"], follow_links=follow_links)
    elif not glob.has_magic(part):
        if os.path.lexists(folder / part):
            yield from find_matches(folder / part, rest, follow_links=follow_links)
    else:
        for entry in _entries(folder):
            if isinstance(entry, OSError):
                yield entry
            elif _agrees(entry.name, part) and (not rest or entry.is_dir()):
                yield from find_matches(Path(entry.path), rest, follow_links=follow_links)


def is_match(path: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path, counted from the folder that the pattern begins in, are what the pattern means."""
    if not parts or not path:
        return not parts and not path
    if parts[0] == _ANY_FOLDERS:
        return is_match(path, parts[1:] or ["*"]) or (not path[0].startswith(".") and is_match(path[1:], parts))
    return _agrees(path[0], parts[0]) and is_match(path[1:], parts[1:])


def _agrees(name: str, part: str) -> bool:
    return fnmatchcase(name, part) and (not name.startswith(".") or part.startswith("."))


def _folders(folder: Path, visited: set[str], *, follow_links: bool) -> Iterator[Path | OSError]:
    """`folder` and all that are below it, but for hidden ones."""
    real = os.path.realpath(folder)
    if real in visited:
        return
    visited.add(real)
    yield folder
    for entry in _entries(folder):
        if isinstance(entry, os.DirEntry) and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=follow_links):
            yield from _folders(Path(entry.path), visited, follow_links=follow_links)


def _entries(folder: Path) -> Iterator[os.DirEntry[str] | OSError]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield error
