"""TGI's own client, `text-generation` 0.7, where it can ask: its errors as ours, and a word where it cannot read an answer.

What it lacks: streamed chat, an adapter, `stop` and `response_format` in a chat, a forced tool, `json_schema` grammars,
health, info, metrics, tokens, and every error whose body is not TGI's JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from ...http_clients import ANSWER_BYTES
from .errors import ServerError, unreachable

Body = Mapping[str, Any]
_BODY_S = 5.0  # for the bytes of an answer that is written
_BLOCK_BYTES = 1 << 16
_CHAT_KEYS = {"model", "messages", "stream", "max_tokens", "seed", "temperature", "top_p", "tools", "tool_choice"}
_CHAT_KEYS |= {"frequency_penalty", "presence_penalty", "repetition_penalty", "logprobs", "top_logprobs"}


class CannotRead(Exception):
    """The client failed at the form of an answer, not at what it says: the same request without it may do better."""


def _guarded_session(**options: Any) -> Any:
    """A session of aiohttp's in which no redirect is followed, and no answer is read that has too much in it."""
    import aiohttp

    return aiohttp.ClientSession(**options, middlewares=(_read_within_bounds,))


async def _read_within_bounds(request: Any, handler: Any) -> Any:
    response = await handler(request)
    if 300 <= response.status < 400:
        raise CannotRead  # asked again without the library, the server's redirect is told of
    body = bytearray()
    async for block in response.content.iter_chunked(_BLOCK_BYTES):
        body += block
        if len(body) > ANSWER_BYTES:
            response.close()
            raise CannotRead
    response._body = bytes(body)
    return response


class OfficialClient:
    """The client for one server. A `timeout_s` without a word from it ends a request.

    Raises (from `chat` and `generate`):
        ServerError, BackendUnreachable, CannotRead
    """

    def __init__(self, url: str, headers: Mapping[str, str], *, connect_s: float, timeout_s: float, where: str) -> None:
        self._url = url
        self._headers = dict(headers)
        self._connect_s = connect_s
        self._timeout_s = timeout_s
        self._where = where

    @staticmethod
    def can_chat(body: Body) -> bool:
        """Whether it can send this chat request."""
        tool_is_forced = not isinstance(body.get("tool_choice", ""), str)
        return body["model"] == "tgi" and not tool_is_forced and body.keys() <= _CHAT_KEYS

    @staticmethod
    def can_generate(body: Body) -> bool:
        """Whether it can send this `GenerateRequest`."""
        parameters = body["parameters"]
        grammar = parameters.get("grammar") or {"type": "json"}
        return "adapter_id" not in parameters and grammar["type"] in ("json", "regex")

    async def chat(self, body: Body) -> Any:
        """A whole `ChatCompletion`."""
        return await self._translated(self._chat(body))

    async def generate(self, body: Body) -> Any:
        """A whole `GenerateResponse`."""
        return await self._translated(self._generate(body))

    async def _chat(self, body: Body) -> Any:
        from text_generation.types import Message, Tool

        options = {key: value for key, value in body.items() if key not in ("model", "messages", "tools", "stream")}
        if "tools" in body:
            options["tools"] = [Tool(**tool) for tool in body["tools"]]
        answer = await self._client().chat([Message(**message) for message in body["messages"]], **options)
        return answer.model_dump()

    async def _generate(self, body: Body) -> Any:
        from text_generation.types import Grammar

        parameters = {key: value for key, value in body["parameters"].items() if key not in ("details", "stop")}
        if "stop" in body["parameters"]:
            parameters["stop_sequences"] = body["parameters"]["stop"]
        if "grammar" in parameters:
            parameters["grammar"] = Grammar(**parameters["grammar"])
        return (await self._client().generate(body["inputs"], **parameters)).model_dump(mode="json")

    def _client(self) -> Any:
        import aiohttp
        import text_generation

        # it opens a session of its own for each request, and hands nothing on to it
        text_generation.client.ClientSession = _guarded_session
        client = text_generation.AsyncClient(self._url, headers=self._headers)
        # its own timeout would bound the whole answer, however steadily that is written
        client.timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_s, sock_read=self._timeout_s)
        return client

    async def _translated(self, answer: Awaitable[Any]) -> Any:
        import aiohttp
        from text_generation import errors

        meanings = {
            errors.ValidationError: (422, "validation"),
            errors.GenerationError: (424, "generation"),
            errors.OverloadedError: (429, "overloaded"),
            errors.IncompleteGenerationError: (500, "incomplete_generation"),
            errors.BadRequestError: (400, ""),
            errors.ShardNotReadyError: (424, ""),
            errors.ShardTimeoutError: (504, ""),
            errors.RateLimitExceededError: (429, ""),
            errors.UnknownError: (0, ""),
        }
        try:
            async with asyncio.timeout(self._timeout_s + _BODY_S):  # it is silent until it has written all of it
                return await answer
        except tuple(meanings) as error:
            raise ServerError(*meanings[type(error)], str(error)) from error
        except aiohttp.ContentTypeError as error:
            if error.status in (401, 403, 429) or error.status >= 500:
                raise ServerError(error.status, "", "") from error
            raise CannotRead from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable(self._where, error, slow=isinstance(error, TimeoutError)) from error
        except (errors.NotFoundError, ValueError, LookupError, TypeError) as error:
            raise CannotRead from error
