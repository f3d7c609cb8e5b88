"""A model store that tells the person what it pulls, whoever asks it to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..models import ModelStore, Progress


class ToldStore(ModelStore):
    """`ensure` without listeners of its own reports to the command line's."""

    def __init__(self, folder: Path, progress: Progress, announce: Callable[[str], None]) -> None:
        super().__init__(folder)
        self._progress = progress
        self._announce = announce

    def ensure(self, name: str, progress: Progress | None = None, announce: Callable[[str], None] | None = None) -> Path:
        return super().ensure(name, progress or self._progress, announce or self._announce)


def told_store(folder: Path, progress: Progress, announce: Callable[[str], None]) -> ModelStore:
    return ToldStore(folder, progress, announce)
