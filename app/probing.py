"""Finding out how a chosen model is asked, in a process of its own that nobody waits for.

It is the command `ayllu models probe NAME`, with what is left of the processor. Each answer is kept as it comes: where the
process is killed, or the machine goes off, the next one goes on there. Until the profile is found, the model is asked the
safe way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..models import ModelInfo
from ..processes import start_beside
from ..text import count
from .own_commands import own_command

if TYPE_CHECKING:
    from ..models import ModelStore
    from .application import Application

_NICENESS = 10
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProbeState:
    """What is known of how a model is asked. `answers`: of a probe that has not ended."""

    state: Literal["manifest", "probed", "running", "unfinished", "unprobed"]
    answers: int = 0

    @property
    def words(self) -> str:
        if self.state in ("running", "unfinished"):
            return f"{'being probed' if self.state == 'running' else 'probe unfinished'}, {count(self.answers, 'answer')}"
        return {"manifest": "known", "probed": "probed", "unprobed": "not probed"}[self.state]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def probe_state(store: ModelStore, model: ModelInfo) -> ProbeState | None:
    """None of a model that is never asked in prose, and of one that is not here and not known."""
    if model.kind != "chat" or model.style != "prose":
        return None
    name = model.name if model.downloads else str(model.path)  # a person's own file
    if (origin := store.profile(name).origin) != "default":
        return ProbeState("probed" if origin == "probe" else "manifest")
    key = store.profile_key(name) if model.present else None
    if key is None:
        return None
    answers = store.profiles.answers(key)
    if store.profiles.is_claimed(key):
        return ProbeState("running", answers)
    return ProbeState("unfinished", answers) if answers else ProbeState("unprobed")


def probe_in_background(
    application: Application, model: ModelInfo, setting: str, start: Callable[[Sequence[str]], None] | None = None
) -> ProbeState | None:
    """Have `model`, as `models.chat` names it, probed where that is needed and wanted; the state that it is in then.

    `start` runs a command line beside this process, and does not wait for it.
    """
    state, settings = probe_state(application.models, model), application.settings
    needed = state is not None and state.state in ("unprobed", "unfinished")
    if not needed or settings.agents.probe == "off" or settings.models.style == "span":
        return state
    try:
        (start or _start)(own_command(application.paths, "models", "probe", setting, "--json"))
    except OSError as error:
        log.warning("the probe of %s was not started: %s", setting, error)
        return state
    assert state is not None
    return ProbeState("running", state.answers)


def _start(command: Sequence[str]) -> None:
    """A process that outlives this one and its terminal, and gives way to others."""
    import psutil

    pid = start_beside(command)
    try:
        psutil.Process(pid).nice(_NICENESS)
    except psutil.Error:
        log.info("the probe runs as any other process", exc_info=True)
