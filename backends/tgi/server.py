"""A TGI server over HTTP: by its own client, `text-generation`, where that can ask and read the answer, else by our own way.

The one place that knows what version 0.7 of the client lacks: streamed chat, an adapter, `stop` and `response_format` in a
chat, a forced tool, `json_schema` grammars, health, info, metrics, tokens, and every error whose body is not TGI's JSON.
Once the client could not read an answer, that request and all later ones go by our own way.

Wire format: `docs/openapi.json` of text-generation-inference 3.x.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import httpx

from ..wire import NO_KEEPALIVE, ErrorEvent, EventReader, is_loopback
from .errors import ServerError, error_from_event, error_from_response, unreachable, unreadable

Body = Mapping[str, Any]
_CONNECT_S = 5.0
_QUICK_S = 5.0  # for what a healthy server answers at once
_CLIENT_CHAT = {"model", "messages", "stream", "max_tokens", "seed", "temperature", "top_p", "tools", "tool_choice"}
_CLIENT_CHAT |= {"frequency_penalty", "presence_penalty", "repetition_penalty", "logprobs", "top_logprobs"}
log = logging.getLogger(__name__)


class TGIServer:
    """One server. `where` names it in errors; a `timeout_s` without a word from it ends a request.

    Raises (from every method that asks):
        ServerError, BackendUnreachable, BackendFailed
    """

    def __init__(self, url: str, *, token: str | None, timeout_s: float, where: str) -> None:
        self.where = where
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s
        self._client_can_read = True
        self._http = httpx.AsyncClient(
            base_url=f"{url}/",
            headers=self._headers,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S),
            trust_env=not is_loopback(url),
            limits=NO_KEEPALIVE,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> httpx.Response:
        """GET `health`, `info` or `metrics`; whatever the status."""
        try:
            return await self._http.get(path, timeout=httpx.Timeout(min(self._timeout_s, _QUICK_S)))
        except httpx.HTTPError as error:
            raise unreachable(self.where, error, slow=isinstance(error, httpx.TimeoutException)) from error

    async def tokenize(self, text: str, *, quick: bool = False) -> Any:
        """`quick`: a server that is well has no reason to think."""
        return await self._post("tokenize", {"inputs": text}, _QUICK_S if quick else self._timeout_s)

    async def chat(self, body: Body) -> Any:
        """A whole `ChatCompletion`."""

        async def by_http() -> Any:
            return await self._post("v1/chat/completions", body)

        tool_is_forced = not isinstance(body.get("tool_choice", ""), str)
        if body["model"] != "tgi" or tool_is_forced or not body.keys() <= _CLIENT_CHAT:
            return await by_http()

        async def by_client() -> Any:
            from text_generation.types import Message, Tool

            options = {key: value for key, value in body.items() if key not in ("model", "messages", "tools", "stream")}
            if "tools" in body:
                options["tools"] = [Tool(**tool) for tool in body["tools"]]
            answer = await self._client().chat([Message(**message) for message in body["messages"]], **options)
            return answer.model_dump()

        return await self._either(by_client, by_http)

    def chat_stream(self, body: Body) -> AsyncGenerator[Any, None]:
        """Its chunks, and `None` where the server said that it is `[DONE]`."""
        return self._events("v1/chat/completions", {**body, "stream": True, "stream_options": {"include_usage": True}})

    async def generate(self, body: Body) -> Any:
        """A whole `GenerateResponse`."""

        async def by_http() -> Any:
            return await self._post("generate", body)

        async def by_client() -> Any:
            return (await self._client().generate(body["inputs"], **_client_parameters(body))).model_dump(mode="json")

        return await (self._either(by_client, by_http) if _fits_client(body) else by_http())

    def _client(self) -> Any:
        import aiohttp
        import text_generation

        client = text_generation.AsyncClient(self._url, headers=self._headers)
        # its own timeout would bound the whole answer, however steadily that is written
        client.timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=self._timeout_s)
        return client

    async def _either(self, by_client: Callable[[], Awaitable[Any]], by_http: Callable[[], Awaitable[Any]]) -> Any:
        if self._client_can_read:
            try:
                return await self._translated(by_client())
            except _ClientCannotRead:
                log.info("the text-generation client could not read an answer; going on without it", exc_info=True)
        return await by_http()

    async def _translated(self, answer: Awaitable[Any]) -> Any:
        """The client's answer; its errors as ours.

        Raises:
            ServerError, BackendUnreachable
            _ClientCannotRead: the same request by our own way may do better.
        """
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
            return await answer
        except tuple(meanings) as error:
            raise ServerError(*meanings[type(error)], str(error)) from error
        except aiohttp.ContentTypeError as error:
            if error.status in (401, 403, 429) or error.status >= 500:
                raise ServerError(error.status, "", "") from error
            self._client_can_read = False
            raise _ClientCannotRead from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable(self.where, error, slow=isinstance(error, TimeoutError)) from error
        except (errors.NotFoundError, ValueError, LookupError, TypeError) as error:
            self._client_can_read = False
            raise _ClientCannotRead from error

    async def _post(self, path: str, body: Body, timeout_s: float | None = None) -> Any:
        timeout = httpx.Timeout(min(timeout_s or self._timeout_s, self._timeout_s), connect=_CONNECT_S)
        try:
            answer = await self._http.post(path, json=body, timeout=timeout)
        except httpx.HTTPError as error:
            raise unreachable(self.where, error, slow=isinstance(error, httpx.TimeoutException)) from error
        if answer.status_code != 200:
            raise error_from_response(answer.status_code, answer.content, answer.headers)
        try:
            return json.loads(answer.content)
        except ValueError as error:
            raise unreadable(self.where, error) from error

    async def _events(self, path: str, body: Body) -> AsyncGenerator[Any, None]:
        """The JSON of each `data:` line. Comments keep the socket alive but not the wait: an event must come in time."""
        try:
            async with self._http.stream("POST", path, json=body) as answer:
                if answer.status_code != 200:
                    raise error_from_response(answer.status_code, await answer.aread(), answer.headers)
                if answer.headers.get("content-type", "").startswith("application/json"):
                    yield _parse_event(await answer.aread())  # a proxy that does not stream
                    return
                reader = EventReader(answer.aiter_bytes(), idle_s=self._timeout_s)
                async with aclosing(reader.events()) as events:
                    async for data in events:
                        yield _parse_event(data)
                if reader.done:
                    yield None
        except (httpx.HTTPError, TimeoutError) as error:
            slow = isinstance(error, TimeoutError | httpx.TimeoutException)
            raise unreachable(self.where, error, slow=slow) from error
        except (ValueError, ErrorEvent) as error:
            raise unreadable(self.where, error) from error


class _ClientCannotRead(Exception):
    """The client failed at the form of an answer, not at what it says."""


def _fits_client(body: Body) -> bool:
    parameters = body["parameters"]
    grammar = parameters.get("grammar") or {"type": "json"}
    return "adapter_id" not in parameters and grammar["type"] in ("json", "regex")


def _client_parameters(body: Body) -> dict[str, Any]:
    from text_generation.types import Grammar

    parameters = {key: value for key, value in body["parameters"].items() if key not in ("details", "stop")}
    if "stop" in body["parameters"]:
        parameters["stop_sequences"] = body["parameters"]["stop"]
    if "grammar" in parameters:
        parameters["grammar"] = Grammar(**parameters["grammar"])
    return parameters


def _parse_event(data: bytes) -> dict[str, Any]:
    event = json.loads(data)
    if not isinstance(event, dict):
        raise ValueError(f"an event that is no object: {data[:80].decode('utf-8', 'replace')}")
    if event.get("error") or "error_type" in event:
        raise error_from_event(event)
    return event
