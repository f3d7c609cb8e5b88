"""`ayllu backends` as a person and a script see it."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from .conftest import Ayllu

FIELDS = {"name", "healthy", "model", "adapter", "context", "latency_s", "error", "hint", "details"}
SECRET = "sk-very-secret-1234"
LISTED = {"data": [{"id": "their\x1b[31mmodel", "max_model_len": 2048}]}


class _Models(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(LISTED).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Models) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


@pytest.fixture
def fallback(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fallback over a server that is up and one that is down."""
    monkeypatch.setenv("AYLLU_BACKENDS__FALLBACK__ORDER", '["down", "up", "tgi"]')
    monkeypatch.setenv("AYLLU_BACKENDS__UP__KIND", "vllm")
    monkeypatch.setenv("AYLLU_BACKENDS__UP__URL", server)
    monkeypatch.setenv("AYLLU_BACKENDS__UP__TOKEN_ENV", "UP_TOKEN")
    monkeypatch.setenv("UP_TOKEN", SECRET)
    monkeypatch.setenv("AYLLU_BACKENDS__DOWN__KIND", "openai")
    monkeypatch.setenv("AYLLU_BACKENDS__DOWN__URL", "http://127.0.0.1:9/v1")


@pytest.mark.usefixtures("fallback")
def test_checking_the_fallback_checks_its_targets(ayllu: Ayllu) -> None:
    result = ayllu("backends", "check", "--json")
    assert result.code == 0
    rows = {row["name"]: row for row in result.json["backends"]}
    assert list(rows) == ["fallback", "down", "up"]  # nobody has set up `tgi`
    assert all(set(row) == FIELDS for row in rows.values())
    assert (rows["fallback"]["healthy"], rows["fallback"]["details"]) == (True, {"answers": "up"})
    assert (rows["up"]["healthy"], rows["up"]["context"]) == (True, 2048)
    assert (rows["down"]["healthy"], rows["down"]["model"]) == (False, None)
    assert "127.0.0.1:9" in rows["down"]["error"]
    assert rows["down"]["hint"]


@pytest.mark.usefixtures("fallback")
def test_what_a_server_says_is_harmless_and_a_token_is_never_shown(ayllu: Ayllu) -> None:
    for words in (("backends", "check"), ("backends", "check", "--json"), ("config", "show"), ("doctor", "--json")):
        result = ayllu(*words)
        assert "\x1b" not in result.out
        assert SECRET not in result.out + result.err


def test_one_that_nobody_has_set_up_says_how(ayllu: Ayllu) -> None:
    result = ayllu("backends", "check", "hf-endpoint", "--json")
    assert (result.code, result.json["kind"]) == (1, "config")
    assert "url" in result.json["hint"]
