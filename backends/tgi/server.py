"""A TGI server over HTTP: by its own client, where that can ask and read the answer, else by requests of ours.

Once the client could not read an answer, that request and all later ones are ours.

Wire format: `docs/openapi.json` of text-generation-inference 3.x.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import httpx

from ...http_clients import ANSWER_BYTES, AsyncClient, Bounds
from ..wire import ErrorEvent, EventReader, says_something
from .errors import error_from_event, error_from_response, unreachable, unreadable
from .official_client import CannotRead, OfficialClient

Body = Mapping[str, Any]
_CONNECT_S = 5.0
_QUICK_S = 5.0  # for what a healthy server answers at once
log = logging.getLogger(__name__)


class TGIServer:
    """One server. `where` names it in errors; a `timeout_s` without a word from it ends a request.

    Raises (from every method that asks):
        ServerError, BackendUnreachable, BackendFailed
    """

    def __init__(self, url: str, *, token: str | None, timeout_s: float, where: str) -> None:
        self.where = where
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s
        self._client = OfficialClient(url, headers, connect_s=_CONNECT_S, timeout_s=timeout_s, where=where)
        self._client_can_read = True
        self._http = AsyncClient(
            url,
            bounds=Bounds(ANSWER_BYTES),
            base_url=f"{url}/",
            headers=headers,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S),
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
        if self._client_can_read and self._client.can_chat(body):
            try:
                return await self._client.chat(body)
            except CannotRead:
                self._go_on_without_the_client()
        return await self._post("v1/chat/completions", body)

    def chat_stream(self, body: Body) -> AsyncGenerator[Any, None]:
        """Its chunks, and `None` where the server said that it is `[DONE]`."""
        return self._events("v1/chat/completions", {**body, "stream": True, "stream_options": {"include_usage": True}})

    async def generate(self, body: Body) -> Any:
        """A whole `GenerateResponse`."""
        if self._client_can_read and self._client.can_generate(body):
            try:
                return await self._client.generate(body)
            except CannotRead:
                self._go_on_without_the_client()
        return await self._post("generate", body)

    def _go_on_without_the_client(self) -> None:
        self._client_can_read = False
        log.info("the text-generation client could not read an answer; going on without it", exc_info=True)

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
        except (ValueError, RecursionError) as error:
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
                        event = _parse_event(data)
                        if says_something(event):
                            reader.prolong()
                        yield event
                if reader.done:
                    yield None
        except (httpx.HTTPError, TimeoutError) as error:
            slow = isinstance(error, TimeoutError | httpx.TimeoutException)
            raise unreachable(self.where, error, slow=slow) from error
        except (ValueError, RecursionError, ErrorEvent) as error:
            raise unreadable(self.where, error) from error


def _parse_event(data: bytes) -> dict[str, Any]:
    event = json.loads(data)
    if not isinstance(event, dict):
        raise ValueError(f"an event that is no object: {data[:80].decode('utf-8', 'replace')}")
    if event.get("error") or "error_type" in event:
        raise error_from_event(event)
    return event
