"""What can go wrong in the library."""

from __future__ import annotations

import shlex
from pathlib import Path

from ..errors import AylluError
from ..storage import DatabaseDamaged, DatabaseNewer
from ..text import one_line


class LibraryBusy(AylluError):
    """Another process is writing; `holder` says which."""

    kind = "library_busy"

    def __init__(self, folder: Path, waited_s: float, holder: str) -> None:
        waited = f" after {waited_s:.0f} s" if waited_s >= 1 else ""
        super().__init__(
            f"{holder[:1].upper()}{holder[1:]} is{' still' if waited else ''} writing to {folder}{waited}.",
            hint="Wait until it is done, then try again.",
        )


class StoppedWaiting(LibraryBusy):
    """The person did not want to wait any longer."""


class EmbedderChanged(AylluError):
    """A collection holds vectors of another embedder than the settings name."""

    kind = "embedder_changed"

    def __init__(self, collection: str, before: str, now: str) -> None:
        super().__init__(
            f"The collection `{one_line(collection)}` was embedded by {before}, and the settings name {now}."
            if before != now
            else f"{now} gives other vectors than when it embedded the collection `{one_line(collection)}`.",
            hint=f"`ayllu sources reembed --collection {shlex.quote(one_line(collection))}` embeds it anew while the"
            " old one goes on answering; or set `models.embedder` (and its prefixes) back.",
        )


class LibraryNewer(DatabaseNewer):
    """The library was written by a later version."""

    kind = "library_newer"


class LibraryDamaged(DatabaseDamaged):
    """SQLite finds the file damaged."""

    kind = "library_damaged"
    remedy = "Restore it from a backup, or move it away and ingest the documents again."
