"""Why a file cannot be opened. A room names its own kinds of the first two: which file it is decides what to do next."""

from __future__ import annotations

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
    """The file may be sound, but it cannot be used now: no room, no right to write, or another program holds it."""

    kind = "database_unavailable"

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} cannot be opened: {reason}.",
            hint="See that the disk has room, that you may write there, and that no other program holds the file.",
        )
