"""A server on this machine that answers as it should, or in one of the ways in which servers do not.

It is an embeddings endpoint, a model server of the OpenAI protocol and a place of documents in one.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ayllu.retrieval.embedders.hashing import HashingEmbedder

TOKEN = "tok-9f3b-planted"  # what a server is given, and some give back
_ANSWER = "The ferry leaves at 7:45 [1]."


@dataclass
class Faulty:
    """The server's address, and how it answers from now on; `bodies` are what it was sent."""

    url: str
    mode: str = "well"
    bodies: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def embedder(self) -> str:
        return f"openai:{self.url}/v1#hashing"


class _Handler(BaseHTTPRequestHandler):
    faulty: Faulty

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        self.faulty.bodies.append(body)
        try:
            ANSWERS.get(self.faulty.mode, _well)(self, body)
        except OSError:
            self.close_connection = True  # whoever asked has had enough

    def send(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        """Silence."""


def _rows(body: bytes) -> list[list[float]]:
    return [row.tolist() for row in HashingEmbedder().embed_documents(json.loads(body)["input"])]


def _send_rows(handler: _Handler, rows: list[Any]) -> None:
    data = [{"index": at, "embedding": row} for at, row in enumerate(rows)]
    handler.send(200, json.dumps({"data": data, "model": "hashing"}).encode())


def _well(handler: _Handler, body: bytes) -> None:
    if handler.path.endswith("/embeddings"):
        _send_rows(handler, _rows(body))
    elif handler.path.endswith("/chat/completions"):
        parts = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in _ANSWER.split(" ")]
        ends = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        lines = [f"data: {json.dumps(part)}\n\n" for part in (*parts, ends)]
        handler.send(200, "".join([*lines, "data: [DONE]\n\n"]).encode(), "text/event-stream")
    elif handler.path.endswith("/models"):
        handler.send(200, json.dumps({"data": [{"id": "scripted-model"}]}).encode())
    elif handler.path.startswith("/page"):
        handler.send(200, b"<html><body><p>The ferry leaves at 7:45.</p></body></html>", "text/html")
    else:
        handler.send(404, b"{}")


def _endless(handler: _Handler, body: bytes) -> None:
    """An answer that does not end, as fast as it is read; until the test is over."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream" if b'"stream"' in body else "application/json")
    handler.end_headers()
    piece = b": still here\n\n" * 4_000 if b'"stream"' in body else b'{"data": [' + b" " * 64_000
    while not handler.faulty.over.is_set():
        handler.wfile.write(piece)


def _silent(handler: _Handler, body: bytes) -> None:
    handler.faulty.over.wait(30)
    handler.close_connection = True


def _redirect(handler: _Handler, body: bytes) -> None:
    """A page may move to another server (here to none); passages and questions may not be sent there."""
    host = "127.0.0.1:9" if handler.path.startswith("/page") else "elsewhere.example"
    handler.send(307, b"", Location=f"http://{host}/v1")


def _hang_up(handler: _Handler, body: bytes) -> None:
    handler.close_connection = True


def _cut_off(handler: _Handler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')
    handler.close_connection = True


def _with_rows(change: Callable[[list[list[float]]], list[Any]]) -> Callable[[_Handler, bytes], None]:
    def answer(handler: _Handler, body: bytes) -> None:
        if handler.path.endswith("/embeddings"):
            _send_rows(handler, change(_rows(body)))
        else:
            _well(handler, body)

    return answer


_echo = json.dumps({"error": {"message": f"invalid token {TOKEN} in Authorization: Bearer {TOKEN}"}}).encode()
_page = b"<!DOCTYPE html><html><body>502 Bad Gateway \x1b[31m" + b"x" * 50_000 + b"</body></html>"

ANSWERS: dict[str, Callable[[_Handler, bytes], None]] = {
    "well": _well,
    "error 500": lambda handler, body: handler.send(500, b'{"error": {"message": "out of memory"}}'),
    "error 503 in HTML": lambda handler, body: handler.send(503, _page, "text/html"),
    "echoes the token": lambda handler, body: handler.send(401, _echo),
    "HTML instead": lambda handler, body: handler.send(200, _page, "text/html"),
    "garbage": lambda handler, body: handler.send(200, b"\xff\xfe\x00garbage" * 100),
    "not a table": lambda handler, body: handler.send(200, b'["data"]'),
    "null": lambda handler, body: handler.send(200, b"null"),
    "no rows": lambda handler, body: handler.send(200, b'{"data": [], "choices": []}'),
    "deep": lambda handler, body: handler.send(200, b"[" * 100_000),
    "a number of 5,000 digits": lambda handler, body: handler.send(200, b'{"data": ' + b"9" * 5_000 + b"}"),
    "redirects away": _redirect,
    "hangs up": _hang_up,
    "cut off": _cut_off,
    "silent": _silent,
    "endless": _endless,
    "NaN": _with_rows(lambda rows: [[float("nan")] * len(row) for row in rows]),
    "infinite": _with_rows(lambda rows: [[float("inf")] * len(row) for row in rows]),
    "zeros": _with_rows(lambda rows: [[0.0] * len(row) for row in rows]),
    "shorter": _with_rows(lambda rows: [row[:7] for row in rows]),
    "uneven": _with_rows(lambda rows: [row[: 8 + at] for at, row in enumerate(rows)]),
    "one too few": _with_rows(lambda rows: rows[:-1]),
    "one too many": _with_rows(lambda rows: [*rows, rows[0]]),
    "words": _with_rows(lambda rows: [["a"] * len(row) for row in rows]),
    "empty rows": _with_rows(lambda rows: [[] for _ in rows]),
}
FOR_VECTORS_ALONE = tuple(itertools.dropwhile(lambda mode: mode != "NaN", ANSWERS))
SLOW = ("silent", "endless")


@contextmanager
def serve() -> Iterator[Faulty]:
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {})) as server:
        server.daemon_threads = True
        server.RequestHandlerClass.faulty = faulty = Faulty(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield faulty
        faulty.over.set()
        server.shutdown()
