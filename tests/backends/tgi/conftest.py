"""A TGI server for these tests: it answers what a test lays down, byte for byte, and holds every request against a schema.

What asks it by the client of the extra `tgi` is collected only where that is installed: `make test` has `.venv-tgi` for it.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from ayllu.backends.tgi.backend import TGIBackend
from ayllu.backends.wire import Backoff
from ayllu.config import TGISettings

NEED_THE_CLIENT = ["test_backend.py", "test_client.py", "test_completion.py"]
collect_ignore = [] if find_spec("text_generation") else NEED_THE_CLIENT

RECORDED = Path(__file__).parent / "recorded"
_REQUEST_SCHEMAS = {
    "/": "generate",
    "/generate": "generate",
    "/generate_stream": "generate",
    "/tokenize": "generate",
    "/v1/chat/completions": "chat",
}


@dataclass
class Reply:
    """One answer as it goes over the wire, in packets. `held`: the connection then stays open until the client leaves."""

    packets: Sequence[bytes]
    held: bool = False
    before_s: float = 0.0


def reply(body: Any = b"", status: int = 200, kind: str = "application/json", **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", *(f"{k}: {v}" for k, v in headers.items())]
    lines += [f"Content-Type: {kind}"] if kind else []
    return Reply([("\r\n".join(lines) + "\r\n\r\n").encode() + content])


def stream(events: Sequence[Any], *, done: bool = True, size: int | None = None, held: bool = False) -> Reply:
    """Server-sent events; text goes out as it is. `size` cuts the whole into packets of so many bytes."""
    texts = [event if isinstance(event, str) else f"data:{json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    content = "".join([*texts, "data: [DONE]\n\n"] if done else texts).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    packets = [content] if size is None else [content[at : at + size] for at in range(0, len(content), size)]
    return Reply([head, *packets], held=held)


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One chunk of a chat, in the form that TGI 3.x sends: keys that say nothing are absent."""
    delta: dict[str, Any] = {"role": "assistant", **({"content": text} if text is not None else {}), **more}
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    about = {"object": "chat.completion.chunk", "id": "", "created": 1, "model": "test/llama", "system_fingerprint": "3.3.6"}
    return {**about, "choices": [choice], "usage": None}


def chat_chunks(*texts: str, finish: str = "stop") -> list[dict[str, Any]]:
    """The chunks of a whole answer, with its usage."""
    usage = {"prompt_tokens": 20, "completion_tokens": len(texts) + 1, "total_tokens": 21 + len(texts)}
    return [*(chunk(text) for text in texts), chunk("", finish), {**chunk(), "choices": [], "usage": usage}]


def recorded(name: str) -> Any:
    """An answer in the form of a real server's; see `recorded/README.md`."""
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: Any


async def read_request(reader: asyncio.StreamReader) -> Request:
    """One request, to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(first.split()[1], headers, json.loads(content) if content else None)


@dataclass
class Server:
    """Replies by path, in turn; the last one of a path is given again and again."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  # of the schema of TGI's requests
    request_came: threading.Event = field(default_factory=threading.Event)  # a question, which is a POST
    client_left: threading.Event = field(default_factory=threading.Event)  # a client closed its connection

    def on(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def bodies(self, path: str) -> list[Any]:
        return [request.body for request in self.requests if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_request(reader)
            self.requests.append(request)
            if request.path in _REQUEST_SCHEMAS:
                self.violations += schema_violations(request)
                self.request_came.set()
            waiting = self.replies.get(request.path, [reply({"error": "no such path"}, 404)])
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            await asyncio.sleep(answer.before_s)
            for packet in answer.packets:
                writer.write(packet)
                await writer.drain()
                await asyncio.sleep(0.0005)
            if answer.held:
                await reader.read()
                self.client_left.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.client_left.set()
        finally:
            writer.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """On a loop of its own, so that it also serves a command line that runs in this process."""
    served, loop, stop = Server(), asyncio.new_event_loop(), asyncio.Event()
    ready = threading.Event()

    async def main() -> None:
        async with await asyncio.start_server(served.serve, "127.0.0.1", 0) as listening:
            served.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
            ready.set()
            await stop.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0.01)

    def run() -> None:
        loop.run_until_complete(main())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    served.on("/info", reply({"model_id": "test/llama", "max_input_tokens": 1024, "max_total_tokens": 2048}))
    served.on("/health", reply(b"", kind=""))
    yield served
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    assert served.violations == []


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that `tgi` made before it asked again, without making them."""
    return []


@pytest.fixture
async def open_tgi(server: Server, pauses: list[float]) -> AsyncIterator[Callable[..., TGIBackend]]:
    opened: list[TGIBackend] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def open_backend(**table: Any) -> TGIBackend:
        style, announce = table.pop("style", "auto"), table.pop("announce", None)
        settings = TGISettings(**{"url": server.url, "timeout_s": 5.0, **table})
        backoff = Backoff(sleep=sleep, chance=lambda: 0.5)
        opened.append(TGIBackend("tgi", settings, style=style, announce=announce, backoff=backoff))
        return opened[-1]

    yield open_backend
    for backend in opened:
        await backend.close()


@pytest.fixture
def tgi(open_tgi: Callable[..., TGIBackend]) -> TGIBackend:
    return open_tgi()


def schema_violations(request: Request) -> list[str]:
    """What the schema of TGI's requests has against one."""
    if request.path not in _REQUEST_SCHEMAS:
        return []
    import jsonschema

    definitions = json.loads((RECORDED / "requests.schema.json").read_text("utf-8"))["$defs"]
    schema = {"$ref": f"#/$defs/{_REQUEST_SCHEMAS[request.path]}", "$defs": definitions}
    errors = jsonschema.Draft202012Validator(schema).iter_errors(request.body)
    return [f"{request.path}: {error.message}" for error in errors]
