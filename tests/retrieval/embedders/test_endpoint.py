"""Embeddings of a server: in the order of the texts, of unit length, and a clear error where it fails."""

import http.server
import json
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from ayllu.errors import ConfigError
from ayllu.models import ModelStore
from ayllu.retrieval import EmbedderFailed, open_embedder

Requests = list[tuple[str | None, dict[str, object]]]


@pytest.fixture
def requests() -> Requests:
    """(authorization, body) of each request."""
    return []


@pytest.fixture
def url(requests: Requests) -> Iterator[str]:
    class Embeddings(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            requests.append((self.headers["Authorization"], body))
            rows = [{"index": at, "embedding": [3.0 * len(text), 4.0 * len(text)]} for at, text in enumerate(body["input"])]
            self.send_response(200 if self.path == "/v1/embeddings" else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"data": rows[::-1]}).encode())

        def log_message(self, *words: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Embeddings) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_texts_come_back_in_order_and_of_unit_length(
    url: str, requests: Requests, models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_EMBEDDINGS_TOKEN", "secret")
    embedder = open_embedder(f"openai:{url}/v1#tiny", models)
    rows = embedder.embed_documents(["a" * length for length in range(1, 101)])
    assert rows.shape == (100, 2)
    assert np.allclose(rows, [0.6, 0.8])
    assert [len(body["input"]) for _, body in requests] == [64, 36]
    assert {(token, body["model"]) for token, body in requests} == {("Bearer secret", "tiny")}
    assert embedder.dimensions == 2
    assert embedder.embed_documents([]).shape == (0, 2)


def test_a_server_that_does_not_answer_as_it_should_is_named(url: str, models: ModelStore) -> None:
    with pytest.raises(EmbedderFailed, match=f"{url}/elsewhere/embeddings"):
        open_embedder(f"openai:{url}/elsewhere#tiny", models).embed_documents(["text"])


@pytest.mark.parametrize("spec", ["", "onxx", "openai:", "sentence-transformers:"])
def test_what_names_no_embedder_is_refused_with_those_there_are(spec: str, models: ModelStore) -> None:
    with pytest.raises(ConfigError) as caught:
        open_embedder(spec, models)
    assert "onnx, sentence-transformers:HUB_ID or openai:URL#MODEL" in str(caught.value.hint)


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999/v1", "localhost:11434"])
def test_an_endpoint_without_a_proper_address_is_refused_with_the_form_of_one(url: str, models: ModelStore) -> None:
    with pytest.raises(ConfigError, match="is no address") as refused:
        open_embedder(f"openai:{url}#m", models)
    assert "openai:http://HOST:PORT/v1#MODEL" in refused.value.hint
