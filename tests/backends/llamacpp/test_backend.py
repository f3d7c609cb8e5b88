"""The embedded backend with a tiny model in its real worker process."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
import pytest_asyncio
from autogen_core.models import CreateResult, SystemMessage, UserMessage
from ayllu.backends import ContextOverflow, RawRequest, ReadsAhead, ResultWithNotices, open_backend
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.errors import UsageError
from ayllu.models import ModelStore

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [UserMessage(content="Hello", source="user")]
LONG = 3_000  # tokens, which take the tiny model some seconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backend(tiny_gguf: Path) -> AsyncIterator[LlamaCppBackend]:
    """One for all tests: a worker takes a second to start."""
    settings = Settings(backends={"llamacpp": LlamaCppSettings(model=str(tiny_gguf), context=4096, threads=1)})
    backend = open_backend("llamacpp", settings, ModelStore(tiny_gguf.parent))
    assert isinstance(backend, LlamaCppBackend)
    yield backend
    await backend.close()


async def test_streamed_pieces_join_to_the_final_text_and_usage_counts(backend: LlamaCppBackend) -> None:
    pieces: list[str] = []
    extra = {"max_tokens": 24, "temperature": 0, "logit_bias": {"0": -100}}
    async for piece in backend.client.create_stream(HELLO, extra_create_args=extra):
        if isinstance(piece, CreateResult):
            assert piece.content == "".join(pieces)
            assert piece.usage.completion_tokens == 24
            assert piece.usage.prompt_tokens > 5
            assert piece.finish_reason == "length"
        else:
            pieces.append(piece)
    assert len(pieces) > 5  # piece by piece, not in one go


async def test_a_raw_completion_keeps_to_a_json_schema_and_to_a_grammar(backend: LlamaCppBackend) -> None:
    done = await backend.raw.complete(RawRequest("Cities: ", schema={"enum": ["Puno", "Cusco"]}, max_tokens=40))
    assert json.loads(done.text) in ("Puno", "Cusco")
    held = await backend.raw.complete(
        RawRequest("Cities: ", max_tokens=8, grammar='root ::= " Berlin" | " Madrid"', n_probs=5)
    )
    assert held.text in {" Berlin", " Madrid"}
    assert len(held.first) == 5
    assert held.first[0].logprob == max(choice.logprob for choice in held.first)  # before the grammar had its say
    assert all(logprob < 0 for logprob in held.logprobs)
    with pytest.raises(UsageError, match="regular expression"):
        await backend.raw.complete(RawRequest("A date: ", regex=r"\d+"))


async def test_a_chat_answer_keeps_to_a_json_schema(backend: LlamaCppBackend) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": {"enum": ["Ada", "Bob"]}}}
    result = await backend.client.create(HELLO, extra_create_args={"response_format": form, "max_tokens": 40})
    assert json.loads(str(result.content)) in ("Ada", "Bob")


async def test_a_stop_ends_an_answer_and_a_seed_repeats_it(backend: LlamaCppBackend) -> None:
    grammar = 'root ::= "one two three four"'
    stopped = await backend.raw.complete(RawRequest("Count: ", max_tokens=40, grammar=grammar, stop=["three"]))
    assert stopped.text == "one two "
    wild = RawRequest("Once upon a time", max_tokens=12, temperature=1.5, seed=7)
    assert (await backend.raw.complete(wild)).text == (await backend.raw.complete(wild)).text


async def test_leaving_a_stream_stops_the_model(backend: LlamaCppBackend) -> None:
    stream = backend.client.create_stream(HELLO, extra_create_args={"max_tokens": LONG, "logit_bias": {"0": -100}})
    async for _ in stream:
        break
    used_s = cpu_seconds(backend)
    await stream.aclose()
    await until_idle(backend, used_s)


async def test_cancelling_a_raw_completion_stops_the_model(backend: LlamaCppBackend) -> None:
    await backend.start()
    task = asyncio.create_task(backend.raw.complete(RawRequest("Once", max_tokens=LONG, grammar="root ::= [a-z] root")))
    await asyncio.sleep(0.3)
    used_s = cpu_seconds(backend)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_idle(backend, used_s)


async def test_a_crashed_worker_is_replaced_and_the_question_asked_again(backend: LlamaCppBackend) -> None:
    request = RawRequest("The capital of France is", max_tokens=4)
    first = await backend.raw.complete(request)
    crashed = backend.pid
    os.kill(crashed, signal.SIGSEGV)
    assert (await backend.raw.complete(request)).text == first.text
    assert backend.pid != crashed
    task = asyncio.create_task(backend.raw.complete(RawRequest("Once", max_tokens=1500, grammar="root ::= [a-z] root")))
    await asyncio.sleep(0.2)
    os.kill(backend.pid, signal.SIGKILL)
    assert (await task).tokens == 1500


async def test_too_long_a_prompt_says_by_how_much(backend: LlamaCppBackend) -> None:
    with pytest.raises(ContextOverflow) as caught:
        await backend.raw.complete(RawRequest("sea " * 1500))
    assert (caught.value.prompt_tokens, caught.value.context) == (6000, 4096)
    assert "1,904 tokens too many" in caught.value.message
    with pytest.raises(ContextOverflow):
        await backend.client.create([UserMessage(content="sea " * 1500, source="user")])


async def test_pieces_of_tokenized_text_join_to_it(backend: LlamaCppBackend) -> None:
    text = "The zoo opens at 9:30, wörld: P ⊆ NP, 龘龘 🇵🇪."
    pieces = await backend.raw.tokenize(text)
    assert "".join(piece.text for piece in pieces) == text
    assert any(not piece.text for piece in pieces)  # the rest of a character in several tokens


async def test_without_the_key_only_health_answers(backend: LlamaCppBackend) -> None:
    url = str((await backend.http()).base_url)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as stranger:
        assert (await stranger.get("/health")).status_code == 200
        for path in ("/props", "/slots", "/v1/chat/completions", "/completion", "/tokenize"):
            assert (await stranger.post(path, json={"prompt": "x"})).status_code in {401, 404}
        answer = await stranger.get("/health", headers={"Origin": "http://evil.example"})
        assert answer.headers.get("access-control-allow-origin") in {None, ""}
    assert url.startswith("http://127.0.0.1:")


async def test_health_names_the_model(backend: LlamaCppBackend) -> None:
    health = await backend.health()
    assert (health.healthy, health.model, health.context) == (True, "tiny", 4096)


async def test_a_file_that_is_no_model_is_named(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "torn.gguf").write_bytes(b"GGUF and no more")
    table = LlamaCppSettings(model=str(tmp_path / "torn.gguf"))
    backend = open_backend("llamacpp", Settings(backends={"llamacpp": table}), store)
    health = await backend.health()
    assert not health.healthy
    assert "torn.gguf could not be loaded by llama.cpp" in health.error
    await backend.close()


def cpu_seconds(backend: LlamaCppBackend) -> float:
    """The processor time that the worker has used."""
    return sum(psutil.Process(backend.pid).cpu_times()[:2])


async def until_idle(backend: LlamaCppBackend, used_s: float) -> None:
    """Wait until the worker rests, having used little more than `used_s`, and not what the rest of the answer takes.

    Its own time counts, for a busy machine gives it little of the clock's.
    """
    async with asyncio.timeout(60):
        before, after = 0.0, 1.0
        while after - before > 0.02:
            before = cpu_seconds(backend)
            await asyncio.sleep(0.1)
            after = cpu_seconds(backend)
    assert after - used_s < 1


async def test_the_beginning_of_a_prompt_is_read_ahead_and_not_again(backend: LlamaCppBackend) -> None:
    system = SystemMessage(content="Answer from the passages. " * 8)
    question = UserMessage(content="Passages: none. Question: why?", source="user")
    assert isinstance(backend.client, ReadsAhead)
    ahead = await backend.client.read_ahead([system, UserMessage(content="Passages:", source="user")])
    assert ahead is not None
    assert ahead.tokens > 50
    assert ahead.seconds > 0
    extra = {"max_tokens": 8, "temperature": 0, "logit_bias": {"0": -100}}
    async for piece in backend.client.create_stream([system, question], extra_create_args=extra):
        if isinstance(piece, ResultWithNotices):
            assert piece.reading is not None
            assert piece.reading.cached > 0.7 * ahead.tokens
            assert piece.reading.tokens + piece.reading.cached == piece.usage.prompt_tokens
            return
    raise AssertionError("the server did not say how it read the prompt")
