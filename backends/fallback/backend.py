"""The default backend: several others in order, of which the first that is well answers.

A chat session takes its tries from `targets`, question by question, for the style of writing follows who answers. Whoever
uses this as a plain backend gets the same through `client`: asked again unseen before a first piece, not after one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage, RequestUsage

from ...errors import AylluError
from ..base import Health, RawCompletion
from ..errors import BackendUnreachable
from ..wire import DelegatingClient, open_stream
from .targets import Attempts, Targets


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
        with Attempts(self) as attempts:
            while True:
                backend = await attempts.pick()
                try:
                    await backend.start()
                    return
                except AylluError as error:
                    attempts.failed(error)

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
    for one in healths:
        if one.healthy:
            return replace(one, name=title, details={"answers": one.name})
    why = ". ".join(f"{one.name}: {(one.error or 'not healthy').rstrip('.')}" for one in healths)
    return Health(title, False, error=f"Nobody answers. {why}.", hint="Start one of them, or change `order`.")


class FallbackClient(DelegatingClient):
    """Chat with whoever is well. Calls are those of `ChatCompletionClient`.

    Raises:
        BackendUnreachable: nobody answers, or, with `again`, one stopped after its first piece: asking again asks the next.
    """

    def __init__(self, targets: Targets) -> None:
        self.targets = targets

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        with Attempts(self) as attempts:
            while True:
                backend = await attempts.pick()
                try:
                    await backend.start()
                    result = await backend.client.create(messages, **options)
                except AylluError as error:
                    attempts.failed(error)
                    continue
                attempts.worked()
                return result

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        with Attempts(self) as attempts:
            while True:
                backend, shown = await attempts.pick(), False
                try:
                    await backend.start()
                    async with open_stream(backend.client, messages, **options) as pieces:
                        async for piece in pieces:
                            shown = True
                            yield piece
                except AylluError as error:
                    attempts.failed(error)
                    if shown:
                        raise BackendUnreachable(error.message, hint=error.hint, again=True) from error
                    continue
                attempts.worked()
                return

    @property
    def inner(self) -> ChatCompletionClient:
        return self.targets.current.client

    def total_usage(self) -> RequestUsage:
        used = [backend.client.total_usage() for backend in self.targets.backends]
        return RequestUsage(sum(usage.prompt_tokens for usage in used), sum(usage.completion_tokens for usage in used))
