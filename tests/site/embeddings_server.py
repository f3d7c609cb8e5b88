"""An OpenAI-compatible embeddings endpoint on this machine over the embedder that hashes words.

For whole command lines, in this process or in one of its own: settings can name an endpoint, and no model is needed.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ayllu.retrieval.embedders.hashing import HashingEmbedder


class _Embeddings(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = HashingEmbedder().embed_documents(request["input"])
        data = [{"index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
        body = json.dumps({"object": "list", "data": data, "model": request["model"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Silence."""


@contextmanager
def serve_embeddings() -> Iterator[str]:
    """Gives what `models.embedder` says of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Embeddings) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"openai:http://127.0.0.1:{server.server_address[1]}/v1#hashing"
        server.shutdown()
