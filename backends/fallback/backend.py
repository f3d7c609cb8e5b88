"""The default backend: several others in order, of which the first that is well answers.

A chat session makes its attempts itself, question by question, for the style of writing follows who answers. Whoever uses
this as a plain backend gets the same through `client`: asked again unseen before a first piece, not after one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from autogen_core.models import ChatCompletionClient

from ...errors import AylluError
from ..base import Health, RawCompletion
from .attempts import Attempts
from .client import FallbackClient
from .targets import Targets


class FallbackBackend:
    """See `base.Backend`. `name`, `model`, `style` and the rest are those of who was asked last, never `fallback`.

    `passed_over` holds, by name, the targets that nobody has set up.
    """

    kind = "fallback"

    def __init__(self, title: str, targets: Targets, passed_over: Mapping[str, AylluError]) -> None:
        self.title = title
        self.targets = targets
        self.passed_over = passed_over
        self._client = FallbackClient(targets)

    @property
    def name(self) -> str:
        return self.targets.current.name

    @property
    def model(self) -> str:
        return self.targets.current.model

    @property
    def adapter(self) -> str | None:
        return self.targets.current.adapter

    @property
    def style(self) -> Literal["span", "prose"]:
        return self.targets.current.style

    @property
    def client(self) -> ChatCompletionClient:
        return self._client if len(self.targets.backends) > 1 else self.targets.current.client

    @property
    def raw(self) -> RawCompletion | None:
        return self.targets.current.raw

    async def start(self) -> None:
        async for attempt in Attempts(self):
            async with attempt:
                backend = await attempt.backend()
                await backend.start()

    async def health(self) -> Health:
        healths: list[Health] = []
        for backend in self.targets.backends:
            healths.append(await backend.health())
            if healths[-1].healthy:
                break
        return combined_health(self.title, healths)

    async def close(self) -> None:
        await self.targets.close()


def combined_health(title: str, healths: Sequence[Health]) -> Health:
    """The health of a fallback from that of its targets, in their order."""
    for health in healths:
        if health.healthy:
            return replace(health, name=title, details={"answers": health.name})
    reasons = ". ".join(f"{health.name}: {(health.error or 'not healthy').rstrip('.')}" for health in healths)
    return Health(title, False, error=f"Nobody answers. {reasons}.", hint="Start one of them, or change `order`.")
