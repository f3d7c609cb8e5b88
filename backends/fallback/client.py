"""AutoGen's chat client over the targets of `fallback`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage, RequestUsage

from ..wire import DelegatingClient, open_stream
from .attempts import Attempts
from .targets import Targets


class FallbackClient(DelegatingClient):
    """Chat with whoever is well. Calls are those of `ChatCompletionClient`.

    Raises:
        BackendUnreachable: nobody answers, or, with `again`, one stopped after its first piece: asking again asks the next.
    """

    def __init__(self, targets: Targets) -> None:
        self.targets = targets

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        async for attempt in Attempts(self):
            async with attempt:
                backend = await attempt.backend()
                await backend.start()
                result = await backend.client.create(messages, **options)
                attempt.record_answer()
        return result

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        async for attempt in Attempts(self):
            async with attempt:
                backend = await attempt.backend()
                await backend.start()
                async with open_stream(backend.client, messages, **options) as pieces:
                    async for piece in pieces:
                        attempt.shown = True
                        yield piece
                attempt.record_answer()

    @property
    def inner(self) -> ChatCompletionClient:
        return self.targets.current.client

    def total_usage(self) -> RequestUsage:
        used = [backend.client.total_usage() for backend in self.targets.backends]
        return RequestUsage(sum(usage.prompt_tokens for usage in used), sum(usage.completion_tokens for usage in used))
