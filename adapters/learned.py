"""What was learned along with an adapter and is kept in its folder, beside the weights."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)
_FILE = "learnt.json"


@dataclass(frozen=True, slots=True)
class LearnedExtras:
    """What is known of an adapter beyond its weights.

    Raises:
        ValueError: the threshold is no probability.
    """

    threshold: float | None = None  # of the critic, 0 to 1; None: none was learned
    asks: bool = False  # it was tuned to ask for an answer as well as to answer
    declines: bool = False  # it was tuned to say that a text does not answer

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ValueError(f"{self.threshold} is no probability")


def read_learned(folder: Path | None) -> LearnedExtras:
    """What is kept in an adapter's folder; nothing where there is none, or the file cannot be read (the log says why)."""
    if folder is None or not (file := folder / _FILE).is_file():
        return LearnedExtras()
    try:
        values = json.loads(file.read_text("utf-8"))
        threshold = values.get("threshold")
        asks, declines = (values.get(name) is True for name in ("asks", "declines"))
        return LearnedExtras(float(threshold) if threshold is not None else None, asks, declines)
    except (OSError, ValueError, TypeError, AttributeError):
        log.warning("%s cannot be read; answers are chosen as without it", file, exc_info=True)
        return LearnedExtras()


def write_learned(folder: Path, extras: LearnedExtras) -> None:
    """Keep it for `read_learned`, in the folder that is, or will be, the adapter's."""
    (folder / _FILE).write_text(json.dumps(asdict(extras)), "utf-8")
