"""What went wrong with a file, told from what SQLite or the system said of it."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from ..errors import AylluError
from .errors import (
    DatabaseDamaged,
    DatabaseFull,
    DatabaseLocked,
    DatabaseMisplaced,
    DatabaseReadOnly,
    DatabaseUnavailable,
)

_LEAST_BYTES = 1 << 16  # with less than that, a write that failed failed for want of room
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_PASSING = {  # more that says nothing about the file's content
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,  # a network drive that knows no locks
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_NOMEM,
}


def explain(error: OSError | sqlite3.Error, file: Path, damaged: type[DatabaseDamaged]) -> AylluError | None:
    """The error that names `file` and says what to do; None for a mistake of the caller's, as a wrong statement."""
    if (obstacle := _obstacle(file)) is not None:
        return DatabaseMisplaced(file, obstacle)
    if isinstance(error, OSError):
        return explain_system(error, file)
    # the extended code is a larger number with the primary one in its low byte; Python's own errors have none
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _LOCKED:
        return DatabaseLocked(file)
    if code == sqlite3.SQLITE_FULL or (code in _PASSING and _is_full(file)):
        return DatabaseFull(file)
    if code in _READ_ONLY or (code == sqlite3.SQLITE_CANTOPEN and is_unwritable(file)):
        return DatabaseReadOnly(file)
    if code in _PASSING:
        return DatabaseUnavailable(file, str(error))
    return damaged(file, str(error)) if code in _DAMAGED else None


def is_unwritable(file: Path) -> bool:
    """Whether the file, or the journal that SQLite keeps beside it, cannot be written to."""
    return not all(os.access(place, os.W_OK) for place in (file, file.parent) if place.exists())


def explain_system(error: OSError, file: Path) -> DatabaseUnavailable:
    """The same for what the system says of a file, whatever it holds."""
    if (obstacle := _obstacle(file)) is not None:
        return DatabaseMisplaced(file, obstacle)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return DatabaseReadOnly(file)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DatabaseFull(file)
    return DatabaseUnavailable(file, error.strerror or str(error))


def _obstacle(file: Path) -> Path | None:
    """What stands in the file's way: a folder in its place, or a file in that of a folder above."""
    if file.is_dir():
        return file
    return next((folder for folder in file.parents if folder.is_file()), None)


def _is_full(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _LEAST_BYTES
    except OSError:
        return False
