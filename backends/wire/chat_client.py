"""What AutoGen asks of every chat client, written once: for a model of ours, and for a client that wraps others."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

_CHARACTERS_A_TOKEN = 3  # an estimate on the safe side
_TOKENS_A_MESSAGE = 8  # what a chat template puts around it


def estimate_tokens(text: str) -> int:
    """Tokens of a text by its length, a little high: exact counts need a vocabulary that may not be at hand."""
    return len(text) // _CHARACTERS_A_TOKEN


def estimate_prompt_tokens(messages: Sequence[LLMMessage]) -> int:
    """Tokens of a prompt by its length, a little high."""
    characters = sum(len(str(message.content)) for message in messages)
    return characters // _CHARACTERS_A_TOKEN + _TOKENS_A_MESSAGE * len(messages)


class ChatClient(ChatCompletionClient):
    """The base of a client that asks a model itself: `create_stream`, `context` and `model_info` are left to write.

    A stream ends with its `CreateResult`; whoever makes that one hands its usage to `record_usage`.
    """

    def __init__(self) -> None:
        self._used = RequestUsage(prompt_tokens=0, completion_tokens=0)

    @property
    @abstractmethod
    def context(self) -> int:
        """How many tokens the model reads, those of its answer included."""

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        stream = self.create_stream(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            json_output=json_output,
            extra_create_args=extra_create_args,
            cancellation_token=cancellation_token,
        )
        return await result_of(stream)

    def record_usage(self, usage: RequestUsage) -> None:
        self._used = RequestUsage(
            prompt_tokens=self._used.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self._used.completion_tokens + usage.completion_tokens,
        )

    async def close(self) -> None:
        """The model and the way to it belong to the backend, which closes them."""

    def actual_usage(self) -> RequestUsage:
        return self._used

    def total_usage(self) -> RequestUsage:
        return self._used

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return estimate_prompt_tokens(messages)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return self.context - self.count_tokens(messages, tools=tools)

    @property
    def capabilities(self) -> ModelCapabilities:
        return self.model_info


class DelegatingClient(ChatCompletionClient):
    """The base of a client that has others answer: `inner` is the one that is asked now."""

    @property
    @abstractmethod
    def inner(self) -> ChatCompletionClient: ...

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        return await self.inner.create(messages, **options)

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        async with open_stream(self.inner, messages, **options) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """What is delegated to is closed by its backend."""

    def actual_usage(self) -> RequestUsage:
        return self.inner.actual_usage()

    def total_usage(self) -> RequestUsage:
        return self.inner.total_usage()

    def count_tokens(self, messages: Sequence[LLMMessage], **options: Any) -> int:
        return self.inner.count_tokens(messages, **options)

    def remaining_tokens(self, messages: Sequence[LLMMessage], **options: Any) -> int:
        return self.inner.remaining_tokens(messages, **options)

    @property
    def capabilities(self) -> ModelCapabilities:
        return self.inner.model_info

    @property
    def model_info(self) -> ModelInfo:
        return self.inner.model_info


async def result_of(stream: AsyncGenerator[str | CreateResult, None]) -> CreateResult:
    """The result at the end of a stream.

    Raises:
        asyncio.CancelledError: it ended without one, for the model was closed meanwhile.
    """
    async with aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, CreateResult):
                return piece
    raise asyncio.CancelledError


@asynccontextmanager
async def open_stream(
    client: ChatCompletionClient, messages: Sequence[LLMMessage], **options: Any
) -> AsyncIterator[AsyncGenerator[str | CreateResult, None]]:
    """A client's stream, closed at once where it is left early, so that its model stops."""
    stream: Any = client.create_stream(messages, **options)  # mostly a generator, whatever the protocol says
    try:
        yield stream
    finally:
        if hasattr(stream, "aclose"):
            await stream.aclose()
