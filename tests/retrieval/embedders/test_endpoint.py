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
from ayllu.retrieval.embedders.endpoint import EndpointEmbedder

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
    assert sorted(len(body["input"]) for _, body in requests) == [36, 64]
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


class Moody(http.server.ThreadingHTTPServer):
    """Answers with each of `statuses` once, then as it should; refuses batches of more than `most`."""

    def __init__(self, statuses: list[int], most: int = 1000) -> None:
        super().__init__(("127.0.0.1", 0), MoodyHandler)
        self.statuses, self.most, self.served = statuses, most, 0

    def embedder(self) -> EndpointEmbedder:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return EndpointEmbedder(f"http://127.0.0.1:{self.server_port}/v1", "m", waits_s=(0.001, 0.001))


class MoodyHandler(http.server.BaseHTTPRequestHandler):
    server: Moody

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        status = self.server.statuses.pop(0) if self.server.statuses else 200 if len(texts) <= self.server.most else 413
        self.server.served += len(texts) if status == 200 else 0
        self.send_response(status)
        self.end_headers()
        rows = [{"index": at, "embedding": [float(text), 1.0]} for at, text in enumerate(texts)]
        self.wfile.write(json.dumps({"data": rows}).encode() if status == 200 else b"oops")

    def log_message(self, *words: object) -> None: ...


@pytest.mark.parametrize("statuses", [[500], [429, 503], [502]])
def test_a_server_that_fails_in_passing_is_asked_again(statuses: list[int]) -> None:
    with Moody(statuses) as server:
        rows = server.embedder().embed_documents([str(number) for number in range(200)])
        server.shutdown()
    assert np.allclose(rows[:, 0] / rows[:, 1], range(200), rtol=1e-4)
    assert server.served == 200


@pytest.mark.parametrize(("statuses", "requests"), [([500] * 9, 3), ([401] * 9, 1)])
def test_a_server_that_goes_on_failing_is_given_up_and_one_that_refuses_is_not_asked_again(
    statuses: list[int], requests: int
) -> None:
    with Moody(statuses) as server:
        with pytest.raises(EmbedderFailed, match=str(statuses[0])):
            server.embedder().embed_documents(["1"])
        server.shutdown()
    assert len(server.statuses) == 9 - requests


def test_a_batch_that_a_server_finds_too_large_comes_in_parts() -> None:
    with Moody([], most=20) as server:
        rows = server.embedder().embed_documents([str(number) for number in range(150)])
        server.shutdown()
    assert np.allclose(rows[:, 0] / rows[:, 1], range(150), rtol=1e-4)


def test_letters_of_scripts_without_spaces_are_counted_one_by_one() -> None:
    text = "借书卡 costs 4 zł, internationalization"
    offsets = EndpointEmbedder("http://127.0.0.1:9/v1", "m").token_offsets(text)
    pieces = ["借", "书", "卡", "costs", "4", "zł", ",", "internat", "ionaliza", "tion"]
    assert [text[start:end] for start, end in offsets] == pieces
