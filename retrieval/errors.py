"""What can go wrong in the library."""

from __future__ import annotations

from pathlib import Path

from ..errors import AylluError
from ..storage import DatabaseDamaged, DatabaseNewer


class LibraryBusy(AylluError):
    """Another process is writing."""

    kind = "library_busy"

    def __init__(self, folder: Path, waited_s: float) -> None:
        super().__init__(
            f"Another ayllu process has been writing to {folder} for {waited_s:.0f} s.",
            hint="Wait until its ingest is done, then try again.",
        )


class LibraryNewer(DatabaseNewer):
    """The library was written by a later version."""

    kind = "library_newer"


class LibraryDamaged(DatabaseDamaged):
    """SQLite finds the file damaged."""

    kind = "library_damaged"
    remedy = "Restore it from a backup, or move it away and ingest the documents again."
