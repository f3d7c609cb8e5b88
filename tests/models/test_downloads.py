"""Fetching from a hub, with whichever huggingface-hub is installed: 0.x beside TGI's client, 2.x beside transformers 5."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

WEIGHTS = b"weights" * 1000
SHA = hashlib.sha256(WEIGHTS).hexdigest()
FETCH = """
import sys
from pathlib import Path
from ayllu.models.manifest import FileEntry, HubDownload, ModelEntry
from ayllu.models.downloads import fetch

toy = dict(name="toy", kind="chat", title="Toy", licence="MIT", size_bytes=1, memory_bytes=1, context=64)
download = HubDownload(kind="hub", repo="org/toy")
entry = ModelEntry(**toy, files={"toy.gguf": FileEntry()}, downloads=(download,))
print(fetch(download, entry, Path(sys.argv[1]), lambda *progress: None)["toy.gguf"])
"""


@pytest.fixture
def hub() -> Iterator[str]:
    """A hub of one file."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            there = self.path == "/org/toy/resolve/main/toy.gguf"
            self.send_response(200 if there else 404)
            for name, value in (("ETag", f'"{SHA}"'), ("X-Repo-Commit", "c" * 40), ("Content-Length", str(len(WEIGHTS)))):
                self.send_header(name, value)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(WEIGHTS)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_file_is_fetched_with_the_digest_that_the_hub_names(hub: str, tmp_path: Path) -> None:
    settled = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    env = {**settled, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hf")}
    command = [sys.executable, "-c", FETCH, str(tmp_path)]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == SHA
    assert (tmp_path / "toy.gguf").read_bytes() == WEIGHTS
