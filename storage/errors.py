"""Why a file cannot be opened, read or written.

A room names its own kinds of the first two: which file it is decides what to do next.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import ClassVar

from ..errors import AylluError


class DatabaseNewer(AylluError):
    """A later version wrote the file; it is left as it is."""

    kind = "database_newer"

    def __init__(self, file: Path, version: int, supported: int) -> None:
        super().__init__(
            f"{file} has schema version {version}; this ayllu knows versions up to {supported}.",
            hint="Update ayllu; the file was not touched.",
        )


class DatabaseDamaged(AylluError):
    """SQLite finds the file damaged, or it holds something else than its version says."""

    kind = "database_damaged"
    remedy: ClassVar[str] = "Restore it from a backup, or move it away: a new one is made."

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} is damaged: {reason}.", hint=self.remedy)


class DatabaseUnavailable(AylluError):
    """The file may be sound, but it cannot be used now; where more is known, a kind of its own says so."""

    kind = "database_unavailable"

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} cannot be opened or used now: {reason}.",
            hint="See that the drive is there and can be read, then try again; nothing in the file was changed.",
        )


class DatabaseLocked(DatabaseUnavailable):
    """Another program holds the file for longer than anybody would wait."""

    kind = "database_locked"

    def __init__(self, file: Path) -> None:
        AylluError.__init__(
            self,
            f"{file} is locked by another program.",
            hint="End what holds it (another ayllu, a backup, a viewer of databases), then try again. The file is sound.",
        )


class DatabaseReadOnly(DatabaseUnavailable):
    """The file can be read at best: its drive is mounted read-only, or it is another person's."""

    kind = "database_read_only"

    def __init__(self, file: Path) -> None:
        AylluError.__init__(
            self,
            f"{file} cannot be written to: {_why_not_writable(file)}.",
            hint="Make it writable, or name a home where you may write (`--home`, AYLLU_HOME). What is there can be read.",
        )


class DatabaseFull(DatabaseUnavailable):
    """The disk has no room for what is to be written."""

    kind = "disk_full"

    def __init__(self, file: Path) -> None:
        AylluError.__init__(
            self,
            f"There is no room left on the disk for {file}.",
            hint="Make room there, then try again; what was written before is kept.",
        )


class DatabaseMisplaced(DatabaseUnavailable):
    """Something else stands where the file or its folder belongs."""

    def __init__(self, file: Path, obstacle: Path) -> None:
        kind = "a folder" if obstacle.is_dir() else "a file"
        AylluError.__init__(
            self,
            f"{file} cannot be opened: {kind} stands at {obstacle}, where it does not belong.",
            hint="Move it away, or name another home (`--home`, AYLLU_HOME).",
        )


def _why_not_writable(file: Path) -> str:
    place = file if file.exists() else next((folder for folder in file.parents if folder.exists()), file)
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such call
        if os.statvfs(place).f_flag & os.ST_RDONLY:
            return "its drive is mounted read-only"
    return f"you have no right to write to {place if not os.access(place, os.W_OK) else place.parent}"
