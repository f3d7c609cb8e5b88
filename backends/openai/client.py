"""AutoGen's OpenAI client, mended where it falls short of what a chat in a terminal needs.

A stream that is left early closes its HTTP response, so that the server stops generating; usage is always asked for; an
end without a finish reason is an error, not an answer; errors come out as ours; tokens are counted without a download.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import openai
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, ModelInfo
from autogen_core.tools import Tool, ToolSchema
from autogen_ext.models.openai import OpenAIChatCompletionClient
from pydantic import BaseModel

from ...http_clients import ANSWER_BYTES, AsyncClient, Bounds
from ..base import Reading, ResultWithNotices
from ..wire import AnswerLength, Stoppable, estimate_prompt_tokens, with_plain_text
from .errors import error_from_exception
from .stream import read_chunks, reading_of

_BODY_S = 5.0  # for the bytes of an answer that is written
_FAILURES = (openai.OpenAIError, httpx.HTTPError, TimeoutError, ValueError, RecursionError, TypeError, AttributeError)


class OpenAIClient(OpenAIChatCompletionClient):
    """One OpenAI-compatible server. `where` names it in errors; a `timeout_s` in which it says nothing ends a request.

    `schema`, `streams`, `stream_usage`: what the server can do, see `presets`.

    Raises (from `create` and `create_stream`):
        BackendUnreachable, BackendFailed, ContextOverflow
    """

    def __init__(
        self,
        *,
        where: str,
        model: str,
        base_url: str,
        api_key: str,
        timeout_s: float,
        context: int,
        function_calling: bool,
        schema: bool = True,
        streams: bool = True,
        stream_usage: bool = True,
    ) -> None:
        info = ModelInfo(
            vision=False,
            function_calling=function_calling,
            json_output=schema,
            structured_output=schema,
            family="unknown",
        )
        http = AsyncClient(base_url, bounds=Bounds(ANSWER_BYTES), timeout=timeout_s)
        transport: Any = {"http_client": http}  # handed on to the OpenAI library; AutoGen's types do not list it
        super().__init__(
            model=model,
            base_url=base_url,
            api_key=api_key,
            timeout=timeout_s,
            max_retries=0,
            model_info=info,
            **transport,
        )
        if not (urlsplit(base_url).hostname or "").endswith("api.openai.com"):
            _forget_environment(self._client)
        self._resolved_model = None  # a server may call its model what it likes; the base class would warn
        self.where = where
        self.context = context  # tokens
        self._timeout_s = timeout_s
        self._streams = streams
        self._stream_usage = stream_usage
        self._open: dict[CancellationToken, Any] = {}
        self._readings: dict[CancellationToken, Reading] = {}

    def use(self, model: str) -> None:
        """Ask for another model of the same server from now on."""
        self._create_args["model"] = model

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
        try:
            async with asyncio.timeout(self._timeout_s + _BODY_S):  # it is silent until it has written all of it
                return await super().create(
                    with_plain_text(messages),
                    tools=tools,
                    tool_choice=tool_choice,
                    json_output=json_output,
                    extra_create_args=extra_create_args,
                    cancellation_token=cancellation_token,
                )
        except _FAILURES as error:
            raise error_from_exception(error, self.where) from error

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
        max_consecutive_empty_chunk_tolerance: int = 0,
        include_usage: bool | None = True,
    ) -> AsyncGenerator[str | CreateResult, None]:
        if not self._streams:
            result = await self.create(
                messages,
                tools=tools,
                tool_choice=tool_choice,
                json_output=json_output,
                extra_create_args=extra_create_args,
                cancellation_token=cancellation_token,
            )
            if isinstance(result.content, str):
                yield result.content
            yield result
            return
        length = AnswerLength(self.where, extra_create_args)
        call = CancellationToken()  # one a call: it also names the call's HTTP stream in `_open`
        if cancellation_token is not None:
            cancellation_token.add_callback(call.cancel)
        try:
            async for piece in super().create_stream(
                with_plain_text(messages),
                tools=tools,
                tool_choice=tool_choice,
                json_output=json_output,
                extra_create_args=extra_create_args,
                cancellation_token=call,
                include_usage=include_usage and self._stream_usage,
            ):
                if isinstance(piece, str):
                    length.add(piece)
                elif reading := self._readings.get(call):
                    piece = ResultWithNotices(**dict(piece), reading=reading)
                yield piece
        except _FAILURES as error:
            raise error_from_exception(error, self.where) from error
        finally:
            self._readings.pop(call, None)
            stream = self._open.pop(call, None)
            if stream is not None:
                await stream.close()

    async def _create_stream_chunks(
        self,
        tool_params: list[Any],
        oai_messages: list[Any],
        create_args: dict[str, Any],
        cancellation_token: CancellationToken | None,
    ) -> AsyncGenerator[Any, None]:
        """As the base class does it, but the response is kept, for it to be closed, and read by `read_chunks`."""
        call = cancellation_token or CancellationToken()
        stoppable = Stoppable(call)
        create: Any = self._client.chat.completions.with_streaming_response.create  # overloads that know no dictionaries
        tools = {"tools": tool_params} if tool_params else {}
        opening = create(messages=oai_messages, stream=True, **tools, **create_args).__aenter__()
        self._open[call] = response = await stoppable(opening)
        async for chunk in read_chunks(response.iter_bytes(), stoppable, self.where, idle_s=self._timeout_s):
            if (reading := reading_of(chunk)) is not None:
                self._readings[call] = reading
            yield chunk

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        """The base class would download a vocabulary that is not this model's anyway."""
        return estimate_prompt_tokens(messages)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return self.context - self.count_tokens(messages, tools=tools)


def _forget_environment(client: openai.AsyncOpenAI) -> None:
    """What OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS hold is for OpenAI, and this is somebody else."""
    client.organization = client.project = None
    client._custom_headers = {}
