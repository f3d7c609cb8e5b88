"""What a conversation's last prompt had, which the server's cache still knows, and how fast it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...backends import Backend
from ...retrieval import Passage
from ..writing import PromptPassage

if TYPE_CHECKING:
    from ...models import Speeds

Reader = tuple[str, str, str | None]  # a backend's name, model and adapter


@dataclass(frozen=True, slots=True)
class Block:
    """A passage as it stands in a prompt. `complete`: nothing of its text is left out."""

    passage: Passage
    read: PromptPassage
    tokens: int
    complete: bool


def reader_of(backend: Backend) -> Reader:
    return (backend.name, backend.model, backend.adapter)


class PromptMemory:
    """Of one conversation. `speeds` remembers across conversations, where there is one."""

    def __init__(self, speeds: Speeds | None = None) -> None:
        self._speeds = speeds
        self._measured: dict[Reader, float] = {}
        self._systems: dict[Reader, str] = {}
        self._blocks: dict[Reader, tuple[Block, ...]] = {}

    def blocks(self, backend: Backend, system: str) -> Sequence[Block]:
        """What of the last prompt stands right after this system message, in its order."""
        return self._blocks.get(reader_of(backend), ()) if self.is_warm(backend, system) else ()

    def is_warm(self, backend: Backend, system: str) -> bool:
        """Whether the last prompt began with this system message."""
        return self._systems.get(reader_of(backend)) == system

    def keep(self, backend: Backend, system: str, blocks: Sequence[Block] = ()) -> None:
        """A prompt of these is read, or about to be."""
        self._systems[reader_of(backend)] = system
        self._blocks[reader_of(backend)] = tuple(blocks)

    def speed(self, backend: Backend) -> float | None:
        """Tokens that are read a second; None where it was never seen."""
        kept = self._speeds.of(backend.model).reading if self._speeds is not None else None
        return kept or self._measured.get(reader_of(backend))

    def measured_reading(self, backend: Backend, tokens: int, seconds: float) -> None:
        if tokens > 0 and seconds > 0:
            self._measured[reader_of(backend)] = tokens / seconds
        if self._speeds is not None:
            self._speeds.remember_reading(backend.model, tokens, seconds)

    def measured_writing(self, backend: Backend, tokens: int, seconds: float) -> None:
        if self._speeds is not None:
            self._speeds.remember_writing(backend.model, tokens, seconds)
