"""AutoGen's OpenAI client, mended where it falls short of what a chat in a terminal needs.

A stream that is left early closes its HTTP response, so that the server stops generating; usage is always asked for; an
end without a finish reason is an error, not an answer; errors come out as ours; tokens are counted without a download.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

import httpx
import openai
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, ModelInfo
from autogen_core.tools import Tool, ToolSchema
from autogen_ext.models.openai import OpenAIChatCompletionClient
from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel

from ...errors import AylluError
from ...text import one_line
from ..errors import BackendFailed, BackendUnreachable, ContextOverflow
from ..wire import estimate_prompt_tokens

_DONE = b"[DONE]"  # the last event of a stream
_GATHER_S = 0.015  # between two looks at a stream that has begun: every wake-up takes a core from a model beside us
_AT_ONCE_S = 0.001  # a piece that took longer was waited for
_REFUSED = {400, 413, 422}  # the request itself is at fault
_OVERFLOWS = [  # how others than llama.cpp say that a prompt is too long
    re.compile(r"context length is (?P<context>\d+) tokens.*?(?P<prompt>\d+) (?:in the (?:messages|prompt)|input tokens)"),
    re.compile(r"context length is (?P<context>\d+) tokens.*?(?P<prompt>\d+) tokens"),
    re.compile(r"input \((?P<prompt>\d+) tokens\) is longer than the model's context length \((?P<context>\d+)"),
    re.compile(r"prompt \(length (?P<prompt>\d+)\) is longer than the maximum model length of (?P<context>\d+)"),
    re.compile(r"must have less than (?P<context>\d+) tokens. Given: (?P<prompt>\d+)"),
    re.compile(r"must be <= (?P<context>\d+). Given: (?P<prompt>\d+)"),
]
_LEAST_KEY = 8  # characters; shorter ones ("none") are no secrets, and stand in ordinary words


class OpenAIClient(OpenAIChatCompletionClient):
    """One OpenAI-compatible server. `where` names it in errors; `proxied` heeds the environment's proxy settings.

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
        proxied: bool = False,
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
        # No connection is kept for the next question: a server may have dropped it in between, at the very moment of asking.
        limits = httpx.Limits(max_keepalive_connections=0)
        http = httpx.AsyncClient(trust_env=proxied, timeout=timeout_s, limits=limits, follow_redirects=True)
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
        self._resolved_model = None  # a server may call its model what it likes; the base class would warn
        self.where = where
        self.context = context  # tokens
        self._streams = streams
        self._stream_usage = stream_usage
        self._open: dict[CancellationToken, Any] = {}

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
            return await super().create(
                messages,
                tools=tools,
                tool_choice=tool_choice,
                json_output=json_output,
                extra_create_args=extra_create_args,
                cancellation_token=cancellation_token,
            )
        except (openai.OpenAIError, httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise translate(error, self.where, self._client.api_key) from error

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
        call = CancellationToken()  # one a call: it also names the call's HTTP stream in `_open`
        if cancellation_token is not None:
            cancellation_token.add_callback(call.cancel)
        try:
            async for piece in super().create_stream(
                messages,
                tools=tools,
                tool_choice=tool_choice,
                json_output=json_output,
                extra_create_args=extra_create_args,
                cancellation_token=call,
                include_usage=include_usage and self._stream_usage,
            ):
                yield piece
        except (openai.OpenAIError, httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise translate(error, self.where, self._client.api_key) from error
        finally:
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
        """As the base class does it, but the response is remembered, for it to be closed, and read lightly.

        A model on the same cores loses whatever is spent here for each token, so a plain piece of text skips the
        library's validation.
        """
        token = cancellation_token or CancellationToken()
        create: Any = self._client.chat.completions.with_streaming_response.create  # overloads that know no dictionaries
        tools = {"tools": tool_params} if tool_params else {}
        opening = asyncio.ensure_future(create(messages=oai_messages, stream=True, **tools, **create_args).__aenter__())
        token.link_future(opening)
        self._open[token] = response = await opening
        begun = ended = False
        pieces, rest = response.iter_bytes(), b""
        clock = asyncio.get_running_loop().time
        while rest != _DONE:
            asked = clock()
            step = asyncio.ensure_future(anext(pieces, None))
            token.link_future(step)
            piece = await step
            if piece is None:
                break
            waited = clock() - asked > _AT_ONCE_S
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == _DONE:
                        rest = _DONE
                        break
                    chunk = _chunk(json.loads(data), self.where)
                    begun = begun or isinstance(chunk, _Text)
                    ended = ended or any(choice.finish_reason for choice in chunk.choices)
                    yield chunk
            if waited and begun and not ended:  # all that had come is read: let some gather
                await asyncio.sleep(_GATHER_S)
        if not ended:
            raise BackendFailed(
                f"{self.where} stopped in the middle of an answer.",
                hint="Ask again; `ayllu backends check` looks at the server.",
            )

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        """The base class would download a vocabulary that is not this model's anyway."""
        return estimate_prompt_tokens(messages)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        return self.context - self.count_tokens(messages, tools=tools)


class _Text:
    """The parts of a `ChatCompletionChunk` that the base class reads of a plain piece of text."""

    __slots__ = ("choices", "content", "delta", "finish_reason", "logprobs", "model", "model_extra", "tool_calls", "usage")

    def __init__(self, model: str, content: str) -> None:
        self.model = model
        self.content = content
        self.choices = [self]  # chunk, choice and delta in one: their names do not meet
        self.delta = self
        self.finish_reason = self.logprobs = self.model_extra = self.tool_calls = self.usage = None


def _chunk(data: Any, where: str) -> Any:
    if "error" in data:
        code = data["error"].get("code") if isinstance(data["error"], dict) else None
        raise from_status(code if isinstance(code, int) else 500, data, where)
    choices = data.get("choices") or []
    if len(choices) == 1 and choices[0].get("finish_reason") is None and choices[0].get("logprobs") is None:
        delta = choices[0].get("delta") or {}
        if delta.get("content") and not delta.keys() - {"role", "content"}:
            return _Text(data.get("model") or "", delta["content"])
    return ChatCompletionChunk.construct(**data)


def translate(error: Exception, where: str, key: str = "") -> AylluError:
    """The server's error as one of ours. Some servers repeat the `key` they were given: it is blotted out."""
    look = "`ayllu backends check` looks at the server."
    if isinstance(error, openai.APIConnectionError | httpx.HTTPError):
        slow = isinstance(error, openai.APITimeoutError | httpx.TimeoutException)
        return BackendUnreachable(
            f"No answer from {where}{' in time' if slow else ''}: {_reason(error)}.", hint=f"Start it; {look}"
        )
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return BackendFailed(
            f"{where} refused the key.", hint="Set `token_env` in its settings to the variable that holds the right one."
        )
    if isinstance(error, openai.APIStatusError):
        return from_status(error.status_code, error.body, where, key)
    said = _without(key, str(error))
    if isinstance(error, openai.OpenAIError):
        return BackendFailed(f"{where} failed: {one_line(said, 300)}.", hint=f"Ask again; {look}")
    return BackendFailed(f"{where} sent an answer that cannot be read: {one_line(said, 200)}.", hint=look)


def from_status(status: int, body: object, where: str, key: str = "") -> AylluError:
    """An HTTP error as one of ours; `body` is the parsed answer or its `error` part, whatever the server sent."""
    detail = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(detail, dict):
        if detail.get("type") == "exceed_context_size_error":
            return ContextOverflow(int(detail.get("n_prompt_tokens") or 0), int(detail.get("n_ctx") or 0))
        detail = detail.get("message", detail)
    said = one_line(_without(key, str(detail or "nothing more")), 300)
    if status in _REFUSED and (found := next(filter(None, (one.search(said) for one in _OVERFLOWS)), None)):
        return ContextOverflow(int(found["prompt"]), int(found["context"]))
    return BackendFailed(
        f"{where} answered {status}: {said}.",
        hint="`ayllu backends check` looks at the server.",
        everywhere=status in _REFUSED,
    )


def _without(key: str, text: str) -> str:
    return text.replace(key, "•••") if len(key) >= _LEAST_KEY else text


def _reason(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return one_line(str(cause), 200) or type(cause).__name__
