"""The backend around the client: what the server says of itself, and the whole way through the public commands."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ayllu.backends import open_backend
from ayllu.backends.tgi.backend import TGIBackend
from ayllu.cli import main
from ayllu.config import Settings, TGISettings
from ayllu.errors import ConfigError
from ayllu.models import ModelStore
from embeddings_server import serve_embeddings

from .conftest import Reply, Request, Server, chat_chunks, chunk, recorded, reply, schema_violations, stream

CHAT = "/v1/chat/completions"
METRICS = b"""# TYPE tgi_queue_size gauge
tgi_queue_size 3
tgi_batch_current_size 2
tgi_request_mean_time_per_token_duration_sum 0.5
tgi_request_mean_time_per_token_duration_count 25
"""


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        (CHAT, {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}, 0),
        (CHAT, {"messages": [{"role": "user", "content": "Hi"}], "max_new_tokens": 9}, 1),
        (CHAT, {"messages": [{"role": "user"}], "stop": "one"}, 2),
        ("/generate", {"inputs": "Hi", "parameters": {"top_n_tokens": 6, "seed": 0}}, 2),
        ("/health", None, 0),
    ],
)
def test_a_request_that_tgi_would_not_take_is_noticed(path: str, body: Any, wrong: int) -> None:
    assert len(schema_violations(Request(path, {}, body))) == wrong


async def test_health_tells_model_context_adapter_and_load(server: Server, open_tgi: Callable[..., TGIBackend]) -> None:
    server.on("/metrics", reply(METRICS, kind="text/plain"))
    health = await open_tgi(adapter="tuned").health()
    assert (health.healthy, health.model, health.context, health.adapter) == (True, "test/llama", 2048, "tuned")
    assert health.details == {"queue": 3, "batch": 2, "tokens_per_second": 50.0}


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/health", reply({"error": "unhealthy", "error_type": "healthcheck"}, 503), "not ready: unhealthy"),
        ("/tokenize", reply(b"", 401, kind=""), "refused the token"),
        ("/tokenize", Reply([], held=True), "in time"),
        ("/info", reply(b"<h1>Bad gateway</h1>", 502, kind="text/html"), "answered 502: Bad gateway"),
    ],
)
async def test_what_keeps_it_from_answering_is_in_its_health(
    server: Server, open_tgi: Callable[..., TGIBackend], path: str, answer: Reply, words: str
) -> None:
    server.on(path, answer)
    impatient = open_tgi(timeout_s=1.0)
    health = await impatient.health()
    assert not health.healthy
    assert words in health.error
    assert health.hint


@pytest.mark.parametrize("info", [reply({}), reply(b"<html>", kind="text/html"), reply(b"", 404), reply({"model_id": 7})])
async def test_a_meagre_info_stops_nothing(server: Server, tgi: TGIBackend, info: Reply) -> None:
    server.on("/info", info)
    server.on(CHAT, stream(chat_chunks("yes")))
    await tgi.start()
    assert (await tgi.health()).healthy
    assert tgi.context == 4096
    pieces = [piece async for piece in tgi.client.create_stream([])]
    assert pieces[0] == "yes"
    assert tgi.model == "test/llama"  # as the answer says


async def test_another_model_than_the_wished_one_is_said(open_tgi: Callable[..., TGIBackend]) -> None:
    health = await open_tgi(model="other/model").health()
    assert not health.healthy
    assert "holds test/llama, not other/model" in health.error


async def test_the_span_style_is_given_up_aloud(open_tgi: Callable[..., TGIBackend]) -> None:
    notices: list[str] = []
    tgi = open_tgi(style="span", announce=notices.append)
    await tgi.start()
    assert tgi.style == "prose"
    assert len(notices) == 1


def test_a_missing_token_is_named_and_never_shown(models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(backends={"tgi": TGISettings(token_env="MY_TGI_TOKEN")})
    with pytest.raises(ConfigError, match=r"MY_TGI_TOKEN .*there is none"):
        open_backend("tgi", settings, models)
    monkeypatch.setenv("MY_TGI_TOKEN", "s3cret\nX-Evil: 1")
    with pytest.raises(ConfigError, match="holds none") as error:
        open_backend("tgi", settings, models)
    assert "s3cret" not in str(error.value)


@pytest.fixture(scope="session")
def embeddings() -> Iterator[str]:
    with serve_embeddings() as spec:
        yield spec


@pytest.fixture
def ask(
    server: Server, embeddings: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """`ayllu ask … --json` against the server; returns the exit code and the object."""
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", embeddings)
    monkeypatch.setenv("AYLLU_BACKEND", "tgi")
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__URL", f"{server.url}/v1")

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["ask", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_question_from_end_to_end(server: Server, ask: Callable[..., Any]) -> None:
    server.on(CHAT, stream([":\n\n", *chat_chunks("On Sundays it is open ", "from 10:00 to 14:00 [1]", ".")], size=11))
    code, answer = ask("When is the library open on Sundays?", "--seed", "0")
    assert code == 0
    assert answer["kind"] == "draft"
    assert answer["answer"] == "On Sundays it is open from 10:00 to 14:00 [1]."
    assert (answer["backend"], answer["requested_backend"], answer["model"]) == ("tgi", "tgi", "test/llama")
    assert "10:00 to 14:00" in answer["citations"][0]["text"]
    assert answer["timings"]["tokens"] == 4
    assert answer["warnings"][0].startswith("Your library is empty")
    (body,) = server.bodies(CHAT)
    assert body["temperature"] == 0.0
    assert body["seed"] > 0


def test_a_recorded_answer_that_the_documents_do_not_support_becomes_a_quotation(
    server: Server, ask: Callable[..., Any]
) -> None:
    server.on(CHAT, stream(recorded("chat_stream")))
    code, answer = ask("When is the library open on Sundays?")
    assert (code, answer["kind"], answer["backend"]) == (0, "quote", "tgi")
    assert "10:00 to 14:00" in answer["answer"]
    assert len(server.bodies(CHAT)) == 1


def test_a_long_conversation_is_shortened_and_the_answer_says_so(server: Server, ask: Callable[..., Any]) -> None:
    server.on(CHAT, stream(chat_chunks("It is open from 10:00 to 14:00 [1].")))
    _, first = ask("When is the library open on Sundays?")
    too_long = {"error": "`inputs` must have less than 900 tokens. Given: 901", "error_type": "validation"}
    server.on(CHAT, stream([too_long], done=False), stream(chat_chunks("On Saturdays, from 9:00 to 18:00 [1].")))
    code, answer = ask("When is the library open on Saturdays?", "--session", first["session_id"])
    assert code == 0
    assert any("oldest 2 messages were left out" in warning for warning in answer["warnings"])


@pytest.mark.parametrize(
    "answer",
    [
        stream([chunk("It is"), {"error": "gone", "error_type": "generation"}], done=False),
        stream([chunk("It is")], done=False),
        Reply([b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"]),
        reply(b"", 401, kind=""),
    ],
)
def test_a_question_without_an_answer_fails_in_one_sentence(server: Server, ask: Callable[..., Any], answer: Reply) -> None:
    server.on(CHAT, answer)
    code, failure = ask("When is the library open on Sundays?")
    assert code == 1
    assert failure["kind"] in ("backend_failed", "backend_unreachable")
    assert failure["error"].count(".") < 9
    assert failure["hint"]
