"""What can go wrong in the library."""

from __future__ import annotations

from pathlib import Path

from ..errors import AylluError


class LibraryBusy(AylluError):
    """Another process is writing."""

    kind = "library_busy"

    def __init__(self, folder: Path, waited_s: float) -> None:
        super().__init__(
            f"Another ayllu process has been writing to {folder} for {waited_s:.0f} s.",
            hint="Wait until its ingest is done, then try again.",
        )


class LibraryNewer(AylluError):
    """The library was written by a later version."""

    kind = "library_newer"

    def __init__(self, file: Path, found: int, known: int) -> None:
        super().__init__(
            f"{file} has schema version {found}; this ayllu knows versions up to {known}.",
            hint="Update ayllu; the file was not touched.",
        )


class LibraryDamaged(AylluError):
    """SQLite finds the file damaged."""

    kind = "library_damaged"

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} is damaged: {reason}.",
            hint="Restore it from a backup, or move it away and ingest the documents again.",
        )
