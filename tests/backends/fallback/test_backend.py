"""Several backends in order: who is asked, what becomes of a question whose server fails, and what the person is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from autogen_core.models import CreateResult, UserMessage
from ayllu.agents import AnswerReady, ChatSession, DraftDropped, Failed, Token, Warned
from ayllu.agents.events import Event
from ayllu.backends import Backend, BackendUnreachable, ContextOverflow, open_backend
from ayllu.backends.fallback.backend import FallbackBackend
from ayllu.benchmarks.soak_fallback import QUESTION, SECOND, soak
from ayllu.benchmarks.standin import StandIn
from ayllu.config import FallbackSettings, ModelSettings, OpenAISettings, Settings
from ayllu.conversations import Conversations, RawPrompt
from ayllu.errors import ConfigError
from ayllu.models import ModelStore
from ayllu.retrieval import Library, load_sample

HELLO = [UserMessage(content="Hello", source="user")]
DEAD = "http://127.0.0.1:9/v1"
FALLBACK = FallbackSettings(order=("first", "second"), check_timeout_s=30, check_s=1000)


def cut(headers: object, body: object) -> tuple[int, bytes]:
    """The beginning of a stream, and then the end of the connection."""
    return 200, b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"Half "}}]}\n\n'


def out_of_memory(headers: object, body: object) -> tuple[int, object]:
    return 500, {"error": {"message": "out of memory"}}


def too_long(headers: object, body: object) -> tuple[int, object]:
    message = "This model's maximum context length is 100 tokens. However, you requested 140 tokens (120 in the messages)."
    return 400, {"error": {"message": message}}


class Servers:
    """Stand-ins by name, and backends over them."""

    def __init__(self, models: ModelStore, stack: AsyncExitStack) -> None:
        self._models = models
        self._stack = stack
        self.urls: dict[str, str] = {}

    async def add(self, name: str, text: str, **options: object) -> StandIn:
        server = await self._stack.enter_async_context(StandIn(f"model-of-{name}", text, **options))
        self.urls[name] = server.url
        return server

    def settings(self, fallback: FallbackSettings = FALLBACK) -> Settings:
        tables = {name: OpenAISettings(kind="openai", url=url) for name, url in self.urls.items()}
        return Settings(models=ModelSettings(style="prose"), backends={"fallback": fallback, **tables})

    def open(self, fallback: FallbackSettings = FALLBACK) -> Backend:
        backend = open_backend("fallback", self.settings(fallback), self._models)
        self._stack.push_async_callback(backend.close)
        return backend


@pytest.fixture
async def servers(models: ModelStore) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        yield Servers(models, stack)


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations.open(tmp_path / "conversations.sqlite")
    yield conversations
    conversations.close()


# --- as a plain backend ---


async def test_the_first_that_is_well_answers(servers: Servers) -> None:
    servers.urls["first"] = DEAD
    second = await servers.add("second", "From the second.")
    backend = servers.open()
    assert (await backend.client.create(HELLO)).content == "From the second."
    assert (backend.name, backend.model) == ("second", "model-of-second")
    first = await servers.add("first", "From the first.")
    assert (await servers.open().client.create(HELLO)).content == "From the first."
    assert [path for path, *_ in first.requests] == ["/v1/models", "/v1/chat/completions"]
    assert len(second.requests) == 2  # of the first question alone


async def test_an_error_before_the_first_piece_is_not_seen_and_one_after_it_is_not_hidden(servers: Servers) -> None:
    await servers.add("first", "", routes={"/v1/chat/completions": out_of_memory})
    await servers.add("second", "It is so.")
    backend = servers.open()
    pieces = [piece async for piece in backend.client.create_stream(HELLO)]
    assert isinstance(pieces[-1], CreateResult)
    assert "".join(pieces[:-1]) == pieces[-1].content == "It is so. "
    await servers.add("first", "", routes={"/v1/chat/completions": cut})
    stream = servers.open().client.create_stream(HELLO)
    assert await anext(stream) == "Half "
    with pytest.raises(BackendUnreachable) as caught:
        await anext(stream)
    assert caught.value.again


async def test_what_would_fail_everywhere_is_asked_once(servers: Servers) -> None:
    await servers.add("first", "", routes={"/v1/chat/completions": too_long})
    second = await servers.add("second", "It is so.")
    with pytest.raises(ContextOverflow) as caught:
        await servers.open().client.create(HELLO)
    assert (caught.value.prompt_tokens, caught.value.context) == (120, 100)
    assert not second.requests


async def test_with_all_down_each_is_named_with_its_reason(servers: Servers) -> None:
    servers.urls |= {"first": DEAD, "second": "http://127.0.0.1:10/v1"}
    with pytest.raises(BackendUnreachable) as caught:
        await servers.open().client.create(HELLO)
    for part in ("first: No answer from the server at http://127.0.0.1:9/v1", "second: No answer", ":10/v1"):
        assert part in caught.value.message


async def test_one_that_is_mended_is_asked_though_its_dwell_is_not_over(servers: Servers) -> None:
    servers.urls |= {"first": DEAD, "second": DEAD}
    backend = servers.open(FALLBACK.model_copy(update={"errors": 1, "dwell_s": 1000}))
    assert isinstance(backend, FallbackBackend)
    with pytest.raises(BackendUnreachable):
        await backend.start()
    server = await servers.add("second", "Here again.")
    backend.targets.backends[1]._client._client.base_url = backend.targets.backends[1]._http.base_url = f"{server.url}/"
    assert (await backend.client.create(HELLO)).content == "Here again."


async def test_a_server_is_looked_at_in_the_background_and_comes_back(servers: Servers) -> None:
    up = False

    def listed(headers: object, body: object) -> tuple[int, object]:
        return (200, {"data": [{"id": "m"}]}) if up else (503, {"error": "loading"})

    await servers.add("first", "From the first.", routes={"/v1/models": listed})
    await servers.add("second", "From the second.")
    backend = servers.open(FALLBACK.model_copy(update={"check_s": 0.01, "dwell_s": 0.05, "probes": 2}))
    assert (await backend.client.create(HELLO)).content == "From the second."
    up = True
    async with asyncio.timeout(20):
        while (await backend.client.create(HELLO)).content != "From the first.":
            assert backend.name == "second"


# --- which are its targets ---


async def test_out_of_the_box_the_embedded_model_is_asked_and_nothing_else(models: ModelStore) -> None:
    settings = Settings()
    assert settings.backend == "fallback"
    backend = open_backend("fallback", settings, models)
    assert isinstance(backend, FallbackBackend)
    assert [target.name for target in backend.targets.backends] == ["llamacpp"]
    assert backend.client is backend.targets.backends[0].client  # nothing stands between
    assert list(backend.passed_over) == ["tgi"]
    assert "no address" in backend.passed_over["tgi"].message
    await backend.close()


@pytest.mark.parametrize(
    ("order", "words"),
    [(("tgi",), "None of the backends"), (("llamacp",), "no backend `llamacp`"), (("fallback",), "asks others itself")],
)
def test_an_order_that_leads_nowhere_is_refused(models: ModelStore, order: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_backend("fallback", Settings(backends={"fallback": FallbackSettings(order=order)}), models)


async def test_one_that_cannot_be_opened_is_told_of_and_the_next_answers(servers: Servers, models: ModelStore) -> None:
    await servers.add("second", "It is so.")
    settings = servers.settings()
    settings.backends["first"] = OpenAISettings(kind="openai", url=DEAD, token_env="NOT_SET_ANYWHERE")
    backend = open_backend("fallback", settings, models)
    assert (await backend.client.create(HELLO)).content == "It is so."
    await backend.close()


# --- in a chat ---


async def events_of(chat: ChatSession, question: str = QUESTION) -> list[Event]:
    return [event async for event in chat.ask(question)]


async def test_a_primary_killed_in_mid_answer_costs_no_answer(library: Library, models: ModelStore, tmp_path: Path) -> None:
    """Four of the hundred of `make soak`."""
    counts = await soak(4, library, models, tmp_path)
    assert counts == {"whole": 4, "lost": 0, "doubled": 0, "kept_twice": 0, "told_twice": 0, "killed_in_mid_answer": 4}


@pytest.mark.model
async def test_the_style_follows_who_answers(servers: Servers, library: Library, conversations: Conversations) -> None:
    """A prose model dies in mid-answer; the embedded one is asked in its own way, by raw completion."""
    await servers.add("first", "", routes={"/v1/chat/completions": cut})
    fallback = FALLBACK.model_copy(update={"order": ("first", "llamacpp")})
    settings = servers.settings(fallback).model_copy(update={"models": ModelSettings()})
    backend = open_backend("fallback", settings, servers._models)
    chat = ChatSession(library, backend, conversations, settings, collections=[load_sample(library)])
    try:
        events = await events_of(chat)
        assert isinstance(events[-1], AnswerReady)
        answer = events[-1].answer
        assert [type(event) for event in events if isinstance(event, Token | DraftDropped | Warned)] == [
            Token,
            DraftDropped,
            Warned,
            Token,
        ]
        assert "10:00 to 14:00" in answer.answer
        assert "Half" not in answer.answer
        assert (answer.requested_backend, answer.backend, answer.model) == ("fallback", "llamacpp", "smollm2-135m-instruct")
        assert len(answer.warnings) == 1
        assert "first: " in answer.warnings[0]
        kept = conversations.get(answer.message_id)
        assert (kept.backend, kept.style) == ("llamacpp", "span")
        assert all(isinstance(prompt, RawPrompt) for prompt in kept.prompts)  # nothing of what was asked of the first
        assert not (await chat.ask_once("Which day is it closed?")).warnings  # told once
    finally:
        await backend.close()


async def test_with_all_down_the_question_is_kept(servers: Servers, library: Library, conversations: Conversations) -> None:
    await servers.add("first", "", routes={"/v1/chat/completions": cut})
    servers.urls["second"] = DEAD
    backend = servers.open()
    chat = ChatSession(library, backend, conversations, servers.settings(), collections=[load_sample(library)])
    failed = (await events_of(chat))[-1]
    assert isinstance(failed, Failed)
    assert (failed.question, failed.partial, failed.error.kind) == (QUESTION, "Half ", "backend_unreachable")
    assert "first: " in failed.error.message
    assert "second: " in failed.error.message
    await servers.add("first", SECOND)
    backend = servers.open()
    chat = ChatSession(library, backend, conversations, servers.settings(), collections=[load_sample(library)])
    assert (await chat.ask_once(QUESTION)).backend == "first"
