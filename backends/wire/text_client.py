"""A chat client made of one function, for whatever takes text and gives text: most of what a plug-in needs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
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

from ...errors import UsageError
from .cancellation import Stoppable

_CHARACTERS_A_TOKEN = 3  # an estimate on the safe side
Answer = Callable[[Sequence[LLMMessage], Mapping[str, Any]], AsyncGenerator[str, None]]


class TextClient(ChatCompletionClient):
    """`answer(messages, options)` yields an answer piece by piece; `context` is how much is read, in tokens.

    The options are `max_tokens`, `temperature`, `seed`, `stop`, as far as the question has them. A stream that is left, or
    whose token is cancelled, ends the generator at once: its `finally` is the place to stop the model. Each piece is asked
    for in a task of its own, so no task group or `asyncio.timeout` may span a `yield`. Tokens are estimated.

    Raises (from `create` and `create_stream`):
        UsageError: tools or JSON are asked for.
    """

    def __init__(self, answer: Answer, *, context: int) -> None:
        self._answer = answer
        self._context = context
        self._used = RequestUsage(prompt_tokens=0, completion_tokens=0)

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
            json_output=json_output,
            extra_create_args=extra_create_args,
            cancellation_token=cancellation_token,
        )
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if isinstance(piece, CreateResult):
                    return piece
        raise AssertionError("a stream without a result")

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        if tools or json_output or "response_format" in extra_create_args:
            raise UsageError("This backend gives text: no tools, no JSON.", hint="Choose another for that: `--backend`.")
        stoppable, text = Stoppable(cancellation_token), ""
        async with aclosing(self._answer(messages, extra_create_args)) as pieces:
            while (piece := await stoppable(anext(pieces, None))) is not None:
                if piece:
                    text += piece
                    yield piece
        usage = RequestUsage(prompt_tokens=self.count_tokens(messages), completion_tokens=_tokens(text))
        self._used = RequestUsage(
            prompt_tokens=self._used.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self._used.completion_tokens + usage.completion_tokens,
        )
        yield CreateResult(finish_reason="stop", content=text, usage=usage, cached=False)

    async def close(self) -> None:
        """There is nothing to close."""

    def actual_usage(self) -> RequestUsage:
        return self._used

    def total_usage(self) -> RequestUsage:
        return self._used

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return sum(_tokens(str(message.content)) + 8 for message in messages)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return self._context - self.count_tokens(messages)

    @property
    def capabilities(self) -> ModelCapabilities:
        return self.model_info

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(vision=False, function_calling=False, json_output=False, structured_output=False, family="unknown")


def _tokens(text: str) -> int:
    return len(text) // _CHARACTERS_A_TOKEN
