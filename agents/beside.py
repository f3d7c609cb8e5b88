"""What was learnt along with the adapter at work, and is kept in its folder: a reader, and how sure the critic must be."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from ..backends import Backend, Taught
from ..config import Settings
from . import critic
from .reader import Reader, opened

log = logging.getLogger(__name__)
CRITIC_FILE = "critic.json"
READER_FOLDER = "reader"


def reader_of(backend: Backend) -> Reader | None:
    """The reader that goes with the adapter at work; nothing where there is none."""
    folder = _folder(backend)
    return opened(folder / READER_FOLDER) if folder is not None else None


def threshold_of(backend: Backend, settings: Settings) -> float:
    """How probable it must be that the documents answer: as it was set, as it was learnt with the adapter, or as fitted."""
    if settings.agents.critic_threshold is not None:
        return settings.agents.critic_threshold
    folder = _folder(backend)
    if folder is None or not (folder / CRITIC_FILE).is_file():
        return critic.FITTED.threshold
    try:
        learnt = float(json.loads((folder / CRITIC_FILE).read_text("utf-8"))["threshold"])
        if not 0 <= learnt <= 1:
            raise ValueError(f"{learnt} is no probability")
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("%s cannot be read; the critic decides as without an adapter", folder / CRITIC_FILE, exc_info=True)
        return critic.FITTED.threshold
    return learnt


def write_threshold(folder: Path, threshold: float) -> None:
    """Keep it for `threshold_of`, in the folder that will be the adapter's."""
    (folder / CRITIC_FILE).write_text(json.dumps({"threshold": threshold}), "utf-8")


def _folder(backend: Backend) -> Path | None:
    return backend.beside if isinstance(backend, Taught) else None
