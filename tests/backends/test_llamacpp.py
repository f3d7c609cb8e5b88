"""The embedded backend, with the real model in its real worker process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import gguf
import httpx
import numpy as np
import psutil
import pytest
from autogen_core.models import CreateResult, UserMessage
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends import ContextOverflow, RawRequest, open_backend
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.errors import UsageError
from ayllu.models import ModelStore

pytestmark = pytest.mark.model
POEM = [UserMessage(content="Write a long poem about the sea.", source="user")]
# A number of threads of its own choice may change with the load, and with it the worker.
STEADY = Settings(backends={"llamacpp": LlamaCppSettings(context=1024, threads=1)})


@pytest.fixture
async def backend(models: ModelStore) -> AsyncIterator[LlamaCppBackend]:
    backend = open_backend("llamacpp", STEADY, models)
    assert isinstance(backend, LlamaCppBackend)
    yield backend
    await backend.close()


async def test_streamed_pieces_join_to_the_final_text_and_usage_counts(backend: LlamaCppBackend) -> None:
    pieces: list[str] = []
    async for piece in backend.client.create_stream(POEM, extra_create_args={"max_tokens": 24, "temperature": 0}):
        if isinstance(piece, CreateResult):
            assert piece.content == "".join(pieces)
            assert piece.usage.completion_tokens == 24
            assert piece.usage.prompt_tokens > 10
            assert piece.finish_reason == "length"
        else:
            pieces.append(piece)
    assert len(pieces) > 10  # piece by piece, not in one go


async def test_a_raw_completion_keeps_to_a_json_schema(backend: LlamaCppBackend) -> None:
    schema = {"type": "object", "properties": {"city": {"enum": ["Puno", "Cusco"]}}, "required": ["city"]}
    shown = 'Cities:\n{"city": "Lima"}\n{"city": "Arequipa"}\n'  # else a tiny model likes to write spaces for ever
    done = await backend.raw.complete(RawRequest(shown, schema=schema, max_tokens=40))
    assert json.loads(done.text)["city"] in ("Puno", "Cusco")
    with pytest.raises(UsageError, match="regular expression"):
        await backend.raw.complete(RawRequest("A date: ", regex=r"\d+"))


async def test_leaving_a_stream_stops_the_model(backend: LlamaCppBackend) -> None:
    stream = backend.client.create_stream(POEM, extra_create_args={"max_tokens": 900})
    async for _ in stream:
        break
    used_s = _used_s(backend)
    await stream.aclose()
    await _idle(backend, used_s)


async def test_cancelling_a_raw_completion_stops_the_model(backend: LlamaCppBackend) -> None:
    await backend.start()
    task = asyncio.create_task(backend.raw.complete(RawRequest("Once upon a time", max_tokens=900)))
    await asyncio.sleep(0.5)
    used_s = _used_s(backend)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _idle(backend, used_s)


async def test_a_crashed_worker_is_replaced_and_the_question_asked_again(backend: LlamaCppBackend) -> None:
    request = RawRequest("The capital of France is", max_tokens=4)
    first = await backend.raw.complete(request)
    crashed = backend.pid
    os.kill(crashed, signal.SIGSEGV)
    assert (await backend.raw.complete(request)).text == first.text
    assert backend.pid != crashed
    task = asyncio.create_task(backend.raw.complete(RawRequest("Once upon a time", max_tokens=60)))
    await asyncio.sleep(0.3)
    os.kill(backend.pid, signal.SIGKILL)
    assert (await task).tokens == 60


async def test_too_long_a_prompt_says_by_how_much(backend: LlamaCppBackend) -> None:
    with pytest.raises(ContextOverflow) as caught:
        await backend.raw.complete(RawRequest("sea " * 1500))
    assert caught.value.context == 1024
    assert caught.value.prompt_tokens >= 1500
    assert f"{caught.value.prompt_tokens - 1024:,} tokens too many" in caught.value.message
    with pytest.raises(ContextOverflow):
        await backend.client.create([UserMessage(content="sea " * 1500, source="user")])


async def test_grammar_log_probabilities_stop_and_seed(backend: LlamaCppBackend) -> None:
    answer = await backend.raw.complete(
        RawRequest("The capital of France is", max_tokens=8, grammar='root ::= " Berlin" | " Madrid"', n_probs=5)
    )
    assert answer.text in {" Berlin", " Madrid"}
    assert answer.first[0].text == " Paris"  # what it would have said
    assert all(logprob < 0 for logprob in answer.logprobs)
    assert len(answer.logprobs) >= 1
    stopped = await backend.raw.complete(RawRequest("Count: one two three", max_tokens=40, stop=["five"]))
    assert "five" not in stopped.text
    wild = RawRequest("Once upon a time", max_tokens=12, temperature=1.5, seed=7)
    assert (await backend.raw.complete(wild)).text == (await backend.raw.complete(wild)).text


async def test_an_answer_can_be_held_to_a_json_schema(backend: LlamaCppBackend) -> None:
    schema = {"type": "object", "properties": {"name": {"enum": ["Ada", "Bob"]}}, "required": ["name"]}
    format = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    result = await backend.client.create(
        [UserMessage(content="Who?", source="user")], extra_create_args={"response_format": format, "max_tokens": 40}
    )
    assert '"name"' in str(result.content)


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
    assert health.healthy
    assert health.model == "smollm2-135m-instruct"
    assert health.context == 1024


def test_the_worker_is_gone_when_its_parent_is_killed(models: ModelStore) -> None:
    code = f"""
import asyncio, time
from pathlib import Path
from ayllu.backends import open_backend
from ayllu.config import Settings
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.models import ModelStore
backend = open_backend("llamacpp", Settings(), ModelStore(Path({str(models.folder)!r})))
asyncio.run(backend.start())
print(backend.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        assert psutil.pid_exists(worker)
        parent.kill()
    for _ in range(600):
        if not psutil.pid_exists(worker) or psutil.Process(worker).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent")


def _used_s(backend: LlamaCppBackend) -> float:
    """The processor time that the worker has used."""
    return sum(psutil.Process(backend.pid).cpu_times()[:2])


async def _idle(backend: LlamaCppBackend, used_s: float) -> None:
    """Wait until the worker rests, having used little more than `used_s`, and not what the whole answer takes.

    Its own time counts, for a busy machine gives it little of the clock's.
    """
    async with asyncio.timeout(60):
        before, after = 0.0, 1.0
        while after - before > 0.05:
            before = _used_s(backend)
            await asyncio.sleep(0.2)
            after = _used_s(backend)
    assert after - used_s < 3


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    """One adapter, `a1`, that changes nothing (all zeros), so that the answers must stay as they were."""
    registry = AdapterRegistry(tmp_path / "adapters")
    files = tmp_path / "whole"
    files.mkdir()
    writer = gguf.GGUFWriter(files / "adapter.gguf", "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 1.0)
    for side, shape in (("a", (1, 576)), ("b", (576, 1))):
        writer.add_tensor(f"blk.0.attn_q.weight.lora_{side}", np.zeros(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    registry.add(Adapter("a1", "smollm2-135m-instruct", "", "", "sft", "2026-01-01T00:00:00+00:00"), files)
    return registry


async def test_a_promoted_adapter_goes_to_work_at_the_next_question(models: ModelStore, registry: AdapterRegistry) -> None:
    backend = open_backend("llamacpp", STEADY, models, adapters=registry)
    assert backend.raw is not None
    request = RawRequest("The capital of France is", max_tokens=6)
    try:
        await backend.start()
        before, first = (await backend.raw.complete(request)).text, backend.pid
        registry.promote("a1")
        assert (await backend.raw.complete(request)).text == before
        assert (backend.adapter, backend.pid) == (None, first)  # not within a question
        await backend.start()
        assert backend.adapter == "a1"
        assert backend.pid != first
        assert (await backend.raw.complete(request)).text == before
        registry.rollback(backend.model)
        await backend.start()
        assert backend.adapter is None
    finally:
        await backend.close()


async def test_an_adapter_that_cannot_be_loaded_leaves_the_old_one_at_work(
    models: ModelStore, registry: AdapterRegistry, tmp_path: Path
) -> None:
    files = tmp_path / "torn"
    files.mkdir()
    whole = registry.path("a1").read_bytes()
    (files / "adapter.gguf").write_bytes(whole[: len(whole) - 2000])
    registry.add(Adapter("a2", "smollm2-135m-instruct", "", "", "sft", "2026-01-02T00:00:00+00:00"), files)
    registry.promote("a1")
    told: list[str] = []
    backend = open_backend("llamacpp", STEADY, models, adapters=registry, announce=told.append)
    assert backend.raw is not None
    request = RawRequest("The capital of France is", max_tokens=6)
    try:
        await backend.start()
        before, first = (await backend.raw.complete(request)).text, backend.pid
        registry.promote("a2")
        for _ in range(2):
            await backend.start()
            assert (await backend.raw.complete(request)).text == before
        assert (backend.adapter, backend.pid) == ("a1", first)
        assert len(told) == 1  # once, not at each question
        assert told[0].startswith("The adapter a2 is not used, so a1 goes on:")
        registry.rollback(backend.model, None)
        await backend.start()
        assert backend.adapter is None
    finally:
        await backend.close()


async def test_a_damaged_registry_leaves_the_model_answering(models: ModelStore, registry: AdapterRegistry) -> None:
    (registry.folder / "active.json").write_text("{torn")
    told: list[str] = []
    backend = open_backend("llamacpp", STEADY, models, adapters=registry, announce=told.append)
    assert backend.raw is not None
    try:
        assert (await backend.raw.complete(RawRequest("The capital of France is", max_tokens=2))).text
        assert backend.adapter is None
        assert [text.split(" cannot")[0] for text in told] == [str(registry.folder / "active.json")]
    finally:
        await backend.close()
