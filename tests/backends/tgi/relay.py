"""TGI's protocol in front of a real model: llama.cpp answers, in the forms that TGI's recorded answers have.

What it cannot show, `test_client.py` does: TGI leaves the stop sequence at the end of a text, and llama.cpp takes it off.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from ayllu.backends.wire import EventReader

from ..conftest import CONTEXT, LlamaServer
from .conftest import chunk, read_request, reply, schema_violations, stream

_CHAT = "/v1/chat/completions"


class Relay:
    """Use it as an async context manager. `violations` holds what the schema of TGI's requests does not allow."""

    def __init__(self, server: LlamaServer) -> None:
        self.url = ""
        self.violations: list[str] = []
        self._model = server.model
        self._token = f"Bearer {server.key}"
        root = server.url.removesuffix("/v1")
        once = httpx.Limits(max_keepalive_connections=0)  # a kept connection may be closed just as it is used again
        headers = {"Authorization": self._token}
        self._http = httpx.AsyncClient(base_url=root, headers=headers, limits=once, timeout=120, trust_env=False)
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Relay":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *why: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._http.aclose()
        await asyncio.sleep(0)  # the transports close in the loop's next turn

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request; whoever leaves before its end has the model stop."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        work: list[asyncio.Future[Any]] = []
        try:
            request = await read_request(reader)
            self.violations += schema_violations(request)
            work = [asyncio.ensure_future(reader.read()), asyncio.ensure_future(self._write(request, writer))]
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has heard enough, or the test is over
        finally:
            for future in work:
                future.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self._serving.discard(task)
            writer.close()

    async def _write(self, request: Any, writer: asyncio.StreamWriter) -> None:
        async with contextlib.aclosing(self._answer(request)) as packets:
            async for packet in packets:
                writer.write(packet)
                await writer.drain()

    async def _answer(self, request: Any) -> AsyncIterator[bytes]:
        if request.path == "/health":
            yield reply(kind="").packets[0]
        elif request.path == "/info":
            limits = {"max_input_tokens": CONTEXT - 1, "max_total_tokens": CONTEXT}
            yield reply({"model_id": self._model, **limits}).packets[0]
        elif request.headers.get("authorization") != self._token:
            yield reply(status=401, kind="").packets[0]
        elif request.path == "/tokenize":
            yield reply(await self._tokens(request.body["inputs"])).packets[0]
        elif request.path == _CHAT and request.body.get("stream"):
            async with contextlib.aclosing(self._streamed(self._translated(request.body))) as packets:
                async for packet in packets:
                    yield packet
        elif request.path == _CHAT:
            yield await self._answer_at_once(self._translated(request.body))
        else:
            yield reply(status=404, kind="").packets[0]

    async def _tokens(self, text: str) -> list[dict[str, Any]]:
        answer = await self._http.post("/tokenize", json={"content": text, "with_pieces": True})
        return [{"id": token["id"], "text": str(token["piece"]), "start": 0, "stop": 1} for token in answer.json()["tokens"]]

    def _translated(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """TGI's request in llama.cpp's words. To TGI a null says nothing, and its own client sends many."""
        sent = {**_without_nulls(body), "model": self._model}
        for tool in sent.get("tools", ()):
            tool["function"]["parameters"] = tool["function"].pop("arguments")
        if form := sent.get("response_format"):
            schema = form["value"]["schema"] if form["type"] == "json_schema" else form["value"]
            sent["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
        return sent

    async def _answer_at_once(self, sent: Mapping[str, Any]) -> bytes:
        answer = await self._http.post(_CHAT, json=sent)
        if answer.status_code != 200:
            return reply(*_refusal(answer.json())).packets[0]
        completion = answer.json()
        (choice,) = completion["choices"]
        message = {key: choice["message"][key] for key in ("content", "tool_calls") if choice["message"].get(key)}
        message = {"role": "assistant", **(message or {"content": ""})}
        choices = [{"index": 0, "logprobs": None, "finish_reason": choice["finish_reason"], "message": message}]
        about = {**chunk(), "object": "chat.completion", "model": self._model, "usage": _usage(completion)}
        return reply({**about, "choices": choices}).packets[0]

    async def _streamed(self, sent: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """The status is 200 whatever happens: an error is an event."""
        async with self._http.stream("POST", _CHAT, json=sent) as answer:
            head, *_ = stream([]).packets
            yield head
            if answer.status_code != 200:
                yield _event(_refusal(json.loads(await answer.aread()))[0])
                return
            async for data in EventReader(answer.aiter_bytes()).events():
                for chunk_of_tgi in self._chunks(json.loads(data)):
                    yield _event({**chunk_of_tgi, "model": self._model})
        yield b"data: [DONE]\n\n"

    def _chunks(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One of llama.cpp's chunks as TGI's: words or calls, an empty one for the end, and the usage by itself."""
        if not body["choices"]:
            return [{**chunk(), "choices": [], "usage": _usage(body)}]
        (choice,) = body["choices"]
        delta, chunks = choice["delta"], []
        if delta.get("tool_calls"):
            chunks.append(chunk(tool_calls=delta["tool_calls"]))
        elif delta.get("content"):
            chunks.append(chunk(delta["content"]))
        if choice["finish_reason"]:
            chunks.append(chunk("", choice["finish_reason"]))
        return chunks


def _without_nulls(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _without_nulls(value) for key, value in node.items() if value is not None}
    return [_without_nulls(item) for item in node] if isinstance(node, list) else node


def _event(body: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _usage(body: Mapping[str, Any]) -> dict[str, int]:
    return {key: body["usage"][key] for key in ("prompt_tokens", "completion_tokens", "total_tokens")}


def _refusal(body: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """The body and the status of TGI's own error for one of llama.cpp's."""
    error = body["error"]
    if error.get("type") == "exceed_context_size_error":
        words = f"`inputs` must have less than {error['n_ctx'] + 1} tokens. Given: {error['n_prompt_tokens']}"
        return {"error": f"Input validation error: {words}", "error_type": "validation"}, 422
    return {"error": str(error.get("message")), "error_type": "generation"}, 424
