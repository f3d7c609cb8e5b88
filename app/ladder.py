"""Which models this machine can run, how fast, and which of them is the best to offer.

Writing is bound by how fast the weights come from memory: a token takes a part that is the same for all models, and one that
grows with the size of the file. Seen on two quiet cores (xllamacpp): 62 tokens a second at 98 MB, 21 at 1.1 GB. What is
scaled by that from another model's speed is called "about"; what a model has written here stands above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models import ModelInfo, Speed, pull_bytes
from ..text import count, size
from .probing import ProbeState, probe_state

if TYPE_CHECKING:
    from ..config import Settings
    from ..models import ModelStore

_COST_PER_GB = 2.4  # of a gigabyte of weights, in tokens' constant part: (62 / 21 at 0.098 and 1.117 GB)
_LEAST_WORDS_S = 5.0  # an offered model writes no slower than most people read


@dataclass(frozen=True, slots=True)
class Machine:
    """What is free of this machine, in bytes."""

    memory: int
    disk: int

    @classmethod
    def look(cls, folder: Path) -> Machine:
        """`folder` is where models go; its disk is looked at even where it is not made yet."""
        import shutil

        import psutil

        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        return cls(int(psutil.virtual_memory().available), shutil.disk_usage(there).free)


@dataclass(frozen=True, slots=True)
class Rung:
    """A model on this machine. `obstacle` says why it does not fit, and is empty where it does."""

    model: ModelInfo
    obstacle: str
    in_use: bool
    speed: Speed
    about: bool = False  # the speed is scaled from another model's
    probe: ProbeState | None = None  # what is known of how it is asked; None: nothing needs to be

    @property
    def fits(self) -> bool:
        return not self.obstacle

    @property
    def speed_words(self) -> str:
        """In words; empty where nothing is known."""
        words = self.speed.words
        if words is None:
            return ""
        return f"{'about ' if self.about else ''}{count(round(words), 'word')}/s" if words >= 1 else "under 1 word/s"

    def to_json(self) -> dict[str, Any]:
        return self.model.to_json() | {
            "fits": self.fits,
            "obstacle": self.obstacle or None,
            "in_use": self.in_use,
            "reading_tokens_per_second": self.speed.reading,
            "writing_tokens_per_second": self.speed.writing,
            "speed_is_estimated": self.about,
            "probe": None if self.probe is None else self.probe.to_json(),
        }


def rungs(store: ModelStore, settings: Settings, machine: Machine | None = None) -> list[Rung]:
    """Every model of the manifest on this machine, and the person's own file where one is in use."""
    machine = machine or Machine.look(store.folder)
    in_use = models_in_use(settings)
    models = list(store.list())
    models += [store.info(name) for name in in_use if name.endswith(".gguf") and store.path(name) is not None]
    seen = store.speeds
    ladder = [
        Rung(
            model,
            obstacle(model, machine),
            model.name in in_use or str(model.path) in in_use,
            seen.of(model.name),
            probe=probe_state(store, model),
        )
        for model in models
    ]
    return [_estimated(rung, [other for other in ladder if other.speed.writing]) for rung in ladder]


def models_in_use(settings: Settings) -> list[str]:
    """The models of our own that the settings name, by name or path."""
    from ..backends import embedded_models
    from ..models import embedder_name, reranker_name
    from ..paths import expand

    chats = [str(expand(name).absolute()) if name.endswith(".gguf") else name for name in embedded_models(settings)]
    others = [embedder_name(settings.models.embedder), reranker_name(settings.retrieval.reranker)]
    return [*chats, *(name for name in others if name is not None)]


def obstacle(model: ModelInfo, machine: Machine) -> str:
    """Why `model` does not fit, in words; empty where it does."""
    needs = []
    if model.memory_bytes > machine.memory:
        needs.append(f"{size(model.memory_bytes)} of memory, and {size(machine.memory)} is free")
    if not model.present and pull_bytes(model.size_bytes) > machine.disk:
        needs.append(f"{size(pull_bytes(model.size_bytes))} of disk, and {size(machine.disk)} is free")
    return f"needs {'; '.join(needs)}" if needs else ""


def best_offer(ladder: Sequence[Rung]) -> Rung | None:
    """The best of the ladder that fits, and writes here no slower than it is read; `None` where that is the one in use.

    Models stand in their order on the ladder. One whose speed cannot be told is not offered.
    """
    chats = [rung for rung in ladder if rung.model.kind == "chat"]
    above = chats[next((at + 1 for at, rung in enumerate(chats) if rung.in_use), len(chats)) :]
    fast = [rung for rung in above if rung.fits and rung.model.offered and (rung.speed.words or 0) >= _LEAST_WORDS_S]
    return fast[-1] if fast else None


def scaled(speed: Speed, size_bytes: int, to_bytes: int) -> Speed:
    """How fast a model of `to_bytes` writes where one of `size_bytes` writes at `speed`."""
    if speed.writing is None:
        return Speed()
    ratio = (1 + _COST_PER_GB * size_bytes / 1e9) / (1 + _COST_PER_GB * to_bytes / 1e9)
    return Speed(writing=round(speed.writing * ratio, 1))


def _estimated(rung: Rung, seen: Sequence[Rung]) -> Rung:
    """With a speed scaled from the model nearest in size that has been seen to write, where it has none itself."""
    if rung.model.kind != "chat" or rung.speed.writing is not None or not seen:
        return rung
    nearest = min(seen, key=lambda other: abs(other.model.size_bytes - rung.model.size_bytes))
    estimate = scaled(nearest.speed, nearest.model.size_bytes, rung.model.size_bytes)
    return replace(rung, speed=replace(estimate, reading=rung.speed.reading), about=True)
