"""A chat client made of one function, for whatever takes text and gives text: most of what a plug-in needs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, ModelInfo, RequestUsage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from ...errors import UsageError
from .cancellation import Stoppable
from .chat_client import ChatClient, estimate_tokens

Answer = Callable[[Sequence[LLMMessage], Mapping[str, Any]], AsyncGenerator[str, None]]


class TextClient(ChatClient):
    """`answer(messages, options)` yields an answer piece by piece; `context` is how much is read, in tokens.

    The options are `max_tokens`, `temperature`, `seed`, `stop`, as far as the question has them. A stream that is left, or
    whose token is cancelled, ends the generator at once: its `finally` is the place to stop the model. Each piece is asked
    for in a task of its own, so no task group or `asyncio.timeout` may span a `yield`. Tokens are estimated.

    Raises (from `create` and `create_stream`):
        UsageError: tools or JSON are asked for.
    """

    def __init__(self, answer: Answer, *, context: int) -> None:
        super().__init__()
        self._answer = answer
        self._context = context

    @property
    def context(self) -> int:
        return self._context

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
        usage = RequestUsage(prompt_tokens=self.count_tokens(messages), completion_tokens=estimate_tokens(text))
        self.record_usage(usage)
        yield CreateResult(finish_reason="stop", content=text, usage=usage, cached=False)

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(vision=False, function_calling=False, json_output=False, structured_output=False, family="unknown")
