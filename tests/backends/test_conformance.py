"""What every backend promises, asked of each that can run here. A new one is one more `Case`.

`tgi` has its turn in the environment that holds its client, where `make test-all` runs `-m tgi`; the others in the main one.
Each is asked with the default model (marker `model`) and, but for `transformers`, with random weights, which are there at
once. What goes wrong with a server needs neither: there a server of the test's own answers whatever a case says.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import psutil
import pytest
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, UserMessage
from autogen_core.tools import ToolSchema
from ayllu.backends import Backend, BackendFailed, BackendUnreachable, ContextOverflow, open_backend
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.config import FallbackSettings, LlamaCppSettings, OpenAISettings, Settings, TGISettings
from ayllu.models import ModelStore

from .conftest import CONTEXT, LlamaServer
from .tgi.relay import Relay

TEXT = "Zürich – naïve 🚲"
SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}


def settings_for(
    url: str, tgi_url: str, *, token_env: str | None = None, timeout_s: float = 120, model: str | None = None
) -> Settings:
    """A server at `url` by its preset and behind two kinds of fallback, one at `tgi_url`, and the embedded backend."""
    reached = {"token_env": token_env, "timeout_s": timeout_s}
    there = OpenAISettings(kind="llama-server", url=url, tools=True, **reached)
    tables = {
        "there": there,
        "too": there,
        "tgi": TGISettings(url=tgi_url, **reached),
        "fallback": FallbackSettings(order=("there", "llamacpp")),
        "nowhere": FallbackSettings(order=("there", "too"), check_timeout_s=timeout_s),
        "llamacpp": LlamaCppSettings(model=model, context=CONTEXT),
    }
    return Settings(backends=tables)


@dataclass
class Ground:
    """What a case may use: our models, and a real server with its key in SERVER_KEY, also by TGI's protocol."""

    models: ModelStore
    server: LlamaServer
    relay: Relay
    model: str | None  # a GGUF path, where it is not the default

    def settings(self, token_env: str = "SERVER_KEY") -> Settings:
        return settings_for(self.server.url, self.relay.url, token_env=token_env, model=self.model)


@dataclass(frozen=True)
class Case:
    """One backend. `remote` names, in `settings_for`, the one that has nobody but the server at the given address.

    Without it, what can go wrong with a server is not asked: a model in our own process or in a worker that nobody else
    speaks to has no address, no key, and no strange answers.
    """

    name: str
    decoded: Callable[[Ground, Backend], AbstractAsyncContextManager[Callable[[], float]]]
    remote: str | None = None
    tools: bool = False


@asynccontextmanager
async def tokens_of_the_server(ground: Ground, backend: Backend) -> AsyncIterator[Callable[[], float]]:
    """The tokens decoded so far, as the server counts them."""
    headers = {"Authorization": f"Bearer {ground.server.key}"}
    with httpx.Client(base_url=ground.server.url.removesuffix("/v1"), headers=headers, trust_env=False) as http:
        yield lambda: sum(slot["next_token"][0]["n_decoded"] for slot in http.get("/slots").json() if slot["is_processing"])


@asynccontextmanager
async def time_of_the_worker(ground: Ground, backend: Backend) -> AsyncIterator[Callable[[], float]]:
    """The processor time that the worker has used, in tenths of a second."""
    assert isinstance(backend, LlamaCppBackend)
    worker = psutil.Process(backend.pid)
    yield lambda: 10 * sum(worker.cpu_times()[:2])


@asynccontextmanager
async def tokens_in_this_process(ground: Ground, backend: Backend) -> AsyncIterator[Callable[[], float]]:
    """The tokens that the model has read and written."""
    assert isinstance(backend, TransformersBackend)
    assert backend.loaded is not None
    yield lambda: len(backend.loaded.cache.tokens)


CASES = [
    Case("llamacpp", time_of_the_worker),
    Case("transformers", tokens_in_this_process),
    Case("there", tokens_of_the_server, "there", tools=True),
    Case("fallback", tokens_of_the_server, "nowhere", tools=True),
]
if find_spec("text_generation") is not None:
    CASES.append(Case("tgi", tokens_of_the_server, "tgi", tools=True))
MARKS = {"tgi": [pytest.mark.tgi]}
REMOTE = [pytest.param(case.remote, id=case.name, marks=MARKS.get(case.name, ())) for case in CASES if case.remote]


@dataclass(frozen=True)
class Run:
    """A case with the default model, or with random weights: what is not about a model's words is asked of both."""

    case: Case
    real: bool


RUNS = [
    pytest.param(Run(case, real=True), id=case.name, marks=[pytest.mark.model, *MARKS.get(case.name, ())]) for case in CASES
]
if find_spec("gguf") is not None:
    RUNS += [
        pytest.param(Run(case, real=False), id=f"{case.name}-tiny", marks=MARKS.get(case.name, ()))
        for case in CASES
        if case.name != "transformers"
    ]


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    return request.param


@pytest.fixture
def case(run: Run) -> Case:
    return run.case


@pytest.fixture
async def ground(
    run: Run, models: ModelStore, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Ground]:
    server: LlamaServer = request.getfixturevalue("llama_server" if run.real else "tiny_server")
    model = None if run.real else str(request.getfixturevalue("tiny_gguf"))
    monkeypatch.setenv("SERVER_KEY", server.key)
    monkeypatch.setenv("WRONG_KEY", "not-the-right-key")
    async with Relay(server) as relay:
        yield Ground(models, server, relay, model)
    assert relay.violations == []


@pytest.fixture
async def backend(case: Case, ground: Ground, request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    if case.name == "transformers":
        kept: TransformersBackend = request.getfixturevalue("in_process")
        await kept.start()
        yield kept
        return
    backend = open_backend(case.name, ground.settings(), ground.models)
    await backend.start()
    yield backend
    await backend.close()


def user(text: str) -> list[UserMessage]:
    return [UserMessage(content=text, source="user")]


async def streamed(backend: Backend, text: str, **extra: object) -> tuple[list[str], CreateResult]:
    pieces: list[str] = []
    async for piece in backend.client.create_stream(user(text), extra_create_args=extra):
        if isinstance(piece, CreateResult):
            return pieces, piece
        pieces.append(piece)
    raise AssertionError("a stream without a result")


async def test_streamed_pieces_join_to_the_text_and_usage_adds_up(backend: Backend) -> None:
    before = backend.client.total_usage()
    pieces, result = await streamed(backend, "Name a colour.", max_tokens=12, temperature=0)
    assert result.content == "".join(pieces)
    assert len(pieces) > 1
    assert result.usage.completion_tokens in {len(pieces), len(pieces) + 1, 12}
    at_once = await backend.client.create(user("Name a colour."), extra_create_args={"max_tokens": 12, "temperature": 0})
    assert at_once.content == result.content
    assert at_once.usage.prompt_tokens == result.usage.prompt_tokens > 4
    after = backend.client.total_usage()
    assert after.completion_tokens - before.completion_tokens == 2 * result.usage.completion_tokens


@pytest.mark.parametrize("means", ["token", "break"])
async def test_cancelling_stops_the_model(case: Case, ground: Ground, backend: Backend, means: str) -> None:
    stop = CancellationToken()
    extra = {"max_tokens": 900, "temperature": 1.0, "seed": 1}
    stream = backend.client.create_stream(user("Write a very long poem."), extra_create_args=extra, cancellation_token=stop)
    async with case.decoded(ground, backend) as decoded:
        async for _ in stream:
            break
        if means == "token":
            stop.cancel()
            with pytest.raises(asyncio.CancelledError):
                await anext(stream)
        await stream.aclose()
        async with asyncio.timeout(5):  # the whole answer takes longer; how soon it stops, `benchmarks/servers.py` says
            then = -9.0
            while abs(decoded() - then) >= 1:
                then = decoded()
                await asyncio.sleep(0.3)


async def test_stop_words_end_an_answer_and_a_seed_repeats_it(backend: Backend) -> None:
    count = "Count: one, two, three, four, five, six. Repeat it."
    _, stopped = await streamed(backend, count, max_tokens=40, temperature=0, stop=["three"])
    assert "three" not in str(stopped.content)
    wild = {"max_tokens": 10, "temperature": 1.5, "seed": 7}
    assert (await streamed(backend, "Invent a name.", **wild))[0] == (await streamed(backend, "Invent a name.", **wild))[0]


async def test_an_answer_is_held_to_a_schema_and_keeps_every_character(backend: Backend) -> None:
    schema = {"type": "object", "properties": {"place": {"enum": [TEXT]}}, "required": ["place"]}
    form = {"type": "json_schema", "json_schema": {"name": "place", "schema": schema}}
    pieces, result = await streamed(backend, f"Where? {TEXT}", response_format=form, max_tokens=60, temperature=0)
    assert json.loads("".join(pieces)) == json.loads(str(result.content)) == {"place": TEXT}


async def test_tools_are_offered_where_the_backend_says_it_calls_them(case: Case, backend: Backend) -> None:
    """The small model here answers in words; `tgi/test_client.py` has the calls of one that can."""
    assert backend.client.model_info["function_calling"] is case.tools
    if case.tools:
        result = await backend.client.create(user("Search."), tools=[SEARCH], extra_create_args={"max_tokens": 8})
        assert isinstance(result.content, str) or {call.name for call in result.content} == {"search"}


async def test_too_long_a_prompt_says_by_how_much(backend: Backend) -> None:
    with pytest.raises(ContextOverflow) as caught:
        await streamed(backend, "sea " * 1500)
    assert caught.value.context == CONTEXT
    assert f"{caught.value.prompt_tokens - CONTEXT:,} tokens too many" in caught.value.message


async def test_an_empty_prompt_is_answered(backend: Backend) -> None:
    _, result = await streamed(backend, "", max_tokens=4)
    assert isinstance(result.content, str)


async def test_health_says_who_answers(case: Case, ground: Ground, backend: Backend) -> None:
    health = await backend.health()
    assert (health.healthy, health.model, health.context) == (True, ground.server.model, CONTEXT)
    assert health.latency_s is not None
    assert health.name == case.name


# --- what goes wrong with a server ---


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """Without a model, for none is asked."""
    return ModelStore(tmp_path / "models")


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[str]:
    """A server that sends `answer` to every request, or never anything."""
    done = asyncio.Event()
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            if answer is None:
                await done.wait()
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    done.set()
    server.close()
    await asyncio.gather(*filter(None, serving))
    await asyncio.sleep(0)


async def failing(name: str, settings: Settings, models: ModelStore) -> list[Exception]:
    """The errors of a whole answer and of a streamed one; and the health says no."""
    caught: list[Exception] = []
    backend = open_backend(name, settings, models)
    try:
        for answer in (backend.client.create(user("Hi")), streamed(backend, "Hi")):
            with pytest.raises((BackendFailed, BackendUnreachable)) as failed:
                await answer
            caught.append(failed.value)
        health = await backend.health()
        assert not health.healthy
        assert health.error
        assert health.hint
    finally:
        await backend.close()
    return caught


@pytest.mark.parametrize("name", REMOTE)
async def test_a_refused_connection_says_where(name: str, store: ModelStore) -> None:
    nowhere = "http://127.0.0.1:9/v1"
    for error in await failing(name, settings_for(nowhere, nowhere), store):
        assert isinstance(error, BackendUnreachable)
        assert "127.0.0.1:9" in error.message


@pytest.mark.parametrize("name", REMOTE)
async def test_a_server_that_never_answers_is_given_up(name: str, store: ModelStore) -> None:
    began = time.monotonic()
    async with answering(None) as url:
        for error in await failing(name, settings_for(url, url, timeout_s=0.3), store):
            assert isinstance(error, BackendUnreachable)
    assert time.monotonic() - began < 60  # and not the two minutes that a slow answer may take


@pytest.mark.parametrize("run", [param for param in RUNS if param.values[0].case.remote], indirect=True)
async def test_a_wrong_key_is_named_and_not_shown(ground: Ground, case: Case) -> None:
    assert case.remote is not None
    for error in await failing(case.remote, ground.settings(token_env="WRONG_KEY"), ground.models):
        assert re.search("refused the (key|token)", str(error))
        assert "not-the-right-key" not in repr(error)


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: \xff\xfe\n\n",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nno \x1b[31mGPU",
    ],
)
async def test_garbage_is_an_error_and_no_answer(name: str, answer: bytes, store: ModelStore) -> None:
    async with answering(answer) as url:
        for error in await failing(name, settings_for(url, url), store):
            assert "\x1b" not in str(error)
