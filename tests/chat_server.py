"""A chat server as vLLM is one, over real HTTP: it answers as it is told, and loads and unloads adapters while it runs."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Writer = Callable[[Sequence[Mapping[str, str]], str | None], str]
"""What is answered to messages, with the adapter in a folder, or without."""


class ChatServer:
    """`served`: the model's name of each question; `loaded` and `unloaded`: names of adapters, as they came and went."""

    def __init__(self, model: str, write: Writer, *, loads: bool = True) -> None:
        self.model = model
        self.write = write
        self.loads = loads
        self.held: dict[str, str] = {}  # the folder of each adapter
        self.served: list[str] = []
        self.loaded: list[str] = []
        self.unloaded: list[str] = []
        self.url = ""

    def models(self) -> dict[str, Any]:
        entries = [{"id": self.model, "root": self.model, "parent": None, "max_model_len": 8192}]
        return {"data": [*entries, *({"id": name, "root": path, "parent": self.model} for name, path in self.held.items())]}

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        if path == "/v1/chat/completions":
            return self._answer(body)
        if not self.loads or path not in ("/v1/load_lora_adapter", "/v1/unload_lora_adapter"):
            return 404, {"detail": "Not Found"}
        name = body["lora_name"]
        if path == "/v1/unload_lora_adapter":
            if self.held.pop(name, None) is None:
                return 404, {"error": {"message": f"The lora adapter '{name}' cannot be found."}}
            self.unloaded.append(name)
            return 200, "Success"
        if name in self.held:
            return 400, {"error": {"message": f"The lora adapter '{name}' has already been loaded."}}
        self.held[name] = body["lora_path"]
        self.loaded.append(name)
        return 200, "Success"

    def _answer(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        name = body["model"]
        if name != self.model and name not in self.held:
            return 404, {"error": {"message": f"The model `{name}` does not exist."}}
        self.served.append(name)
        text = self.write(body["messages"], self.held.get(name))
        usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            return 200, {"model": name, "choices": [choice], "usage": usage}
        choices = [{"index": 0, "delta": {"content": text}}, {"index": 0, "delta": {}, "finish_reason": "stop"}]
        events = [{"model": name, "choices": [choice]} for choice in choices]
        events.append({"model": name, "choices": [], "usage": usage})
        return 200, "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


@contextmanager
def serve_chat(model: str, write: Writer, *, loads: bool = True) -> Iterator[ChatServer]:
    chat = ChatServer(model, write, loads=loads)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*((200, chat.models()) if self.path == "/v1/models" else (404, {"detail": "Not Found"})))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(*chat.post(self.path, body))

        def _send(self, status: int, body: Any) -> None:
            streamed = isinstance(body, str) and body.startswith("data:")
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *values: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
