"""How fast models read and write on this machine, remembered from the answers they gave.

One small JSON file beside the model files, `{model: {"reading": tokens a second, "writing": tokens a second}}`. What cannot
be read or kept is only a figure less: nobody is told.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

_SHARE_OF_NEW = 0.3  # of each new figure in what is remembered: one busy moment is forgotten after some answers
_LEAST_READ, _LEAST_WRITTEN = 64, 12  # tokens; fewer tell more of the clock than of the model
_SAME = 0.03  # a figure nearer than this to the remembered one is not written down
_WORDS_A_TOKEN = 0.75  # of English prose, for the vocabularies of today's models
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second; `None` where it was never seen."""

    reading: float | None = None
    writing: float | None = None

    @property
    def words(self) -> float | None:
        """Words written a second."""
        return None if self.writing is None else self.writing * _WORDS_A_TOKEN


class Speeds:
    """The file of speeds. Models go by the name that their backend gives them, those of other servers too."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> dict[str, Speed]:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return {
                str(model): Speed(_figure(row.get("reading")), _figure(row.get("writing"))) for model, row in kept.items()
            }
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}

    def of(self, model: str) -> Speed:
        return self.all().get(model, Speed())

    def remember_reading(self, model: str, tokens: int, seconds: float) -> None:
        """`model` has read `tokens` of a prompt anew, those it still had in its cache not counted."""
        if tokens >= _LEAST_READ and seconds > 0:
            self._remember(model, reading=tokens / seconds)

    def remember_writing(self, model: str, tokens: int, seconds: float) -> None:
        """`model` has written `tokens`, the time before the first not counted."""
        if tokens >= _LEAST_WRITTEN and seconds > 0:
            self._remember(model, writing=tokens / seconds)

    def _remember(self, model: str, **seen: float) -> None:
        kept = self.all()
        before = kept.get(model, Speed())
        changed = {name: _mixed(getattr(before, name), figure) for name, figure in seen.items()}
        after = replace(before, **changed)
        if after == before:
            return
        kept[model] = after
        text = json.dumps({name: asdict(speed) for name, speed in sorted(kept.items())}, indent=1)
        scratch = self._file.with_name(f"{self._file.name}.{os.getpid()}.tmp")
        try:
            scratch.write_text(text + "\n", "utf-8")
            scratch.replace(self._file)
        except OSError as error:
            log.debug("the speed of %s is not kept: %s", model, error)


def _mixed(before: float | None, seen: float) -> float:
    if before is None:
        return round(seen, 2)
    mixed = before + _SHARE_OF_NEW * (seen - before)
    return before if abs(mixed - before) < _SAME * before else round(mixed, 2)


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
