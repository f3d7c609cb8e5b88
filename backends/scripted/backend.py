"""The scripted client and the scripted raw completion as a backend. Nothing is loaded, started or asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from autogen_core.models import LLMMessage

from ...models import SAFE, Profile
from ..base import Health
from .client import Reply, ScriptedClient
from .completion import Likings, ScriptedCompletion


class ScriptedBackend:
    """Answers in prose from `replies`, or points at spans as `likings` say: see `ScriptedClient` and `ScriptedCompletion`.

    Set `down` to an error, and `start` raises it and `health` tells of it.
    """

    kind = "scripted"

    def __init__(
        self,
        name: str = "scripted",
        replies: Sequence[str | Reply] = (),
        *,
        otherwise: Callable[[Sequence[LLMMessage]], str | Reply] | None = None,
        likings: Likings | Callable[[str], Likings] | None = None,
        style: Literal["span", "prose"] = "prose",
        model: str = "scripted-model",
        adapter: str | None = None,
        adapter_folder: Path | None = None,
        context: int = 4096,
        pause_s: float = 0.0,
        profile: Profile = SAFE,
    ) -> None:
        self.name = name
        self.style = style
        self.model = model
        self.adapter = adapter
        self.adapter_folder = adapter_folder
        self.client = ScriptedClient(replies, otherwise=otherwise)
        self.raw = ScriptedCompletion(likings, pause_s=pause_s)
        self.down: Exception | None = None
        self.starts = 0
        self.profile = profile
        self.profile_key: str | None = f"scripted-{model}"
        self.closed = False
        self._context = context

    async def start(self) -> None:
        self.starts += 1
        if self.down is not None:
            raise self.down

    async def health(self) -> Health:
        error = None if self.down is None else str(self.down)
        return Health(self.name, self.down is None, self.model, self.adapter, self._context, latency_s=0.0, error=error)

    async def close(self) -> None:
        self.closed = True
