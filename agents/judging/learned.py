"""What was learnt along with the adapter at work, and is kept in its folder: how sure the critic must be, and whether the
model can ask too, and say that there is no answer.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from ...backends import Backend, HasAdapterFolder
from ...config import Settings
from . import answerable as critic

log = logging.getLogger(__name__)
_FILE = "learnt.json"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of an adapter beyond its weights."""

    threshold: float | None = None  # of the critic, 0 to 1
    asks: bool = False  # it was tuned to ask for an answer as well as to answer
    declines: bool = False  # it was tuned to say that a text does not answer

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ValueError(f"{self.threshold} is no probability")


def learnt_of(backend: Backend) -> Learnt:
    """What is known of the adapter at work; nothing where there is none, or the file cannot be read (the log says why)."""
    folder = _folder(backend)
    if folder is None or not (file := folder / _FILE).is_file():
        return Learnt()
    try:
        noted = json.loads(file.read_text("utf-8"))
        threshold = noted.get("threshold")
        asks, declines = (noted.get(name) is True for name in ("asks", "declines"))
        return Learnt(float(threshold) if threshold is not None else None, asks, declines)
    except (OSError, ValueError, TypeError, AttributeError):
        log.warning("%s cannot be read; answers are chosen as without it", file, exc_info=True)
        return Learnt()


def threshold_of(backend: Backend, settings: Settings) -> float:
    """How probable it must be that the documents answer: as it was set, as it was learnt with the adapter, or as fitted."""
    if settings.agents.critic_threshold is not None:
        return settings.agents.critic_threshold
    learnt = learnt_of(backend).threshold
    return critic.FITTED.threshold if learnt is None else learnt


def write_learnt(folder: Path, learnt: Learnt) -> None:
    """Keep it for `learnt_of`, in the folder that is, or will be, the adapter's."""
    (folder / _FILE).write_text(json.dumps(asdict(learnt)), "utf-8")


def _folder(backend: Backend) -> Path | None:
    return backend.adapter_folder if isinstance(backend, HasAdapterFolder) else None
