"""Which volume a file is on: a drive that is not mounted says nothing about the documents that were read from it."""

from __future__ import annotations

from pathlib import Path


class Volumes:
    """The mount points of folders, each looked up once."""

    def __init__(self) -> None:
        self._mount_points: dict[Path, Path] = {}

    def of(self, file: Path) -> str:
        """Where the volume that holds `file`, a path without links, is mounted."""
        return str(self._mount_point(file.parent))

    def _mount_point(self, folder: Path) -> Path:
        known = self._mount_points.get(folder)
        if known is None:
            at_its_end = folder.parent == folder or folder.is_mount()
            known = self._mount_points[folder] = folder if at_its_end else self._mount_point(folder.parent)
        return known


def is_mounted(volume: str) -> bool:
    """Whether a volume is where it was when a file was read from it; True where nothing is known of it."""
    try:
        return not volume or Path(volume).is_mount()
    except OSError:
        return False
