"""Whether a home can be lived in: written to, and every file of it sound."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..storage import DatabaseDamaged, DatabaseFull, DatabaseReadOnly, explain_system, find_damage
from ..text import count

if TYPE_CHECKING:
    from .context import CommandContext

_GO_ON = "Restore the file from a backup; until then ayllu goes on with all the others."
_TRIAL = bytes(1 << 16)  # what is written for a trial, and gone again at once


@dataclass(frozen=True, slots=True)
class Check:
    """One look. `needed`: ayllu cannot work without it. `mend` is what to do, empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = True


def home(command: CommandContext) -> Check:
    """Whether what a command writes can be written. Raises what that command would."""
    paths = command.app.paths
    folder = existing_part(paths.home)
    if not folder.is_dir():
        return Check("home", False, f"{folder} is no folder", "Move it away, or name another home (`--home`, AYLLU_HOME).")
    if not paths.home.exists():
        if not os.access(folder, os.W_OK | os.X_OK):
            raise DatabaseReadOnly(paths.home)
        return Check("home", True, f"{paths.home} (not there yet)")
    for place in (paths.home, paths.library, paths.log.parent, paths.adapters):
        if place.exists():
            _try_to_write(place)
    for file in (paths.library / "library.sqlite", paths.library / "writer.lock", paths.conversations, paths.feedback):
        if file.is_dir():
            raise explain_system(IsADirectoryError(), file)
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            raise DatabaseReadOnly(file)
    return Check("home", True, f"{paths.home} can be written to")


def conversations(command: CommandContext) -> Check:
    file = command.app.paths.conversations
    if not file.exists():
        return Check("conversations", True, "none yet")
    sessions = len(command.app.conversations.sessions.list())
    _look_through(file)
    if unreadable := command.app.conversations.unreadable():
        return Check("conversations", False, f"{count(unreadable, 'answer')} in {file} cannot be read", _GO_ON)
    return Check("conversations", True, f"{sessions} in {file}")


def feedback(command: CommandContext) -> Check:
    file = command.app.paths.feedback
    if not file.exists():
        return Check("feedback", True, "none yet")
    events = command.app.feedback.stats().events
    _look_through(file)
    if unreadable := command.app.feedback.unreadable():
        return Check("feedback", False, f"{count(unreadable, 'event')} in {file} cannot be read", _GO_ON)
    return Check("feedback", True, f"{events} events in {file}")


def existing_part(path: Path) -> Path:
    """The path, or what there is above it."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _try_to_write(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(_TRIAL)
            trial.flush()
    except OSError as error:
        if folder.is_dir() and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DatabaseFull(folder) from error
        if folder.is_dir():
            raise DatabaseReadOnly(folder) from error
        raise explain_system(error, folder / "any") from error


def _look_through(file: Path) -> None:
    try:
        damage = find_damage(file)
    except (sqlite3.Error, OSError) as error:
        damage = str(error)
    if damage is not None:
        raise DatabaseDamaged(file, damage)
