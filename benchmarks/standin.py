"""A stand-in for an OpenAI-compatible server: it streams a given text word by word, and answers other paths as it is told.

Run `python benchmarks/standin.py MODEL PAUSE_S TEXT` for a process that can be killed; its first line of stdout is its
address.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

Answer = tuple[int, Any]  # status and body: bytes as they are, else JSON
Route = Callable[[Mapping[str, str], Any], Answer]  # of headers (lower case) and the parsed body


class StandIn:
    """Use it as an async context manager. `requests` holds (path, headers, body) of all that was asked."""

    def __init__(
        self, model: str = "m", text: str = "It is so.", *, pause_s: float = 0.0, routes: Mapping[str, Route] | None = None
    ) -> None:
        self.model = model
        self.text = text
        self.pause_s = pause_s
        self.routes = dict(routes or {})
        self.requests: list[tuple[str, Mapping[str, str], Any]] = []
        self.open = 0  # streams that are being written
        self.url = ""

    async def __aenter__(self) -> "StandIn":
        self._serving: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *why: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close in the loop's next turn

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            raw = await reader.readexactly(int(headers.get("content-length", 0)))
            path, body = first.split()[1].split("?")[0], json.loads(raw) if raw else None
            self.requests.append((path, headers, body))
            if path in self.routes:
                await self._send(writer, *self.routes[path](headers, body))
            elif path == "/v1/models":
                await self._send(writer, 200, {"data": [{"id": self.model}]})
            elif path == "/v1/chat/completions" and body.get("stream"):
                await self._stream(writer)
            elif path == "/v1/chat/completions":
                message = {"role": "assistant", "content": self.text}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                await self._send(writer, 200, {"model": self.model, "choices": [choice], "usage": self._usage()})
            else:
                await self._send(writer, 404, {"error": {"message": "no such path"}})
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has heard enough, or the server is closed
        finally:
            self._serving.discard(task)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (status, len(data)))
        writer.write(b"Connection: close\r\n\r\n" + data)
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            for word in self.text.split(" "):
                await self._chunk(writer, [{"index": 0, "delta": {"content": f"{word} "}}])
                await asyncio.sleep(self.pause_s)
            await self._chunk(writer, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
            await self._chunk(writer, [], self._usage())
            writer.write(b"data: [DONE]\n\n")
            await writer.drain()
        finally:
            self.open -= 1

    async def _chunk(self, writer: asyncio.StreamWriter, choices: list[Any], usage: Any = None) -> None:
        data = {"model": self.model, "choices": choices} | ({"usage": usage} if usage else {})
        writer.write(b"data: " + json.dumps(data).encode() + b"\n\n")
        await writer.drain()

    def _usage(self) -> dict[str, int]:
        words = len(self.text.split(" "))
        return {"prompt_tokens": 7, "completion_tokens": words, "total_tokens": words + 7}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("pause_s", metavar="PAUSE_S", type=float, help="between two words")
    parser.add_argument("text", metavar="TEXT")
    options = parser.parse_args()
    async with StandIn(options.model, options.text, pause_s=options.pause_s) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
