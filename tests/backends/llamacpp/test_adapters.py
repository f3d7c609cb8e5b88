"""A promoted adapter goes to work between two questions; several on one loaded model answer each as if it were alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from autogen_core.models import UserMessage
from ayllu.adapters import ActiveAdapters, AdapterRegistry, PinnedAdapter
from ayllu.backends import Backend, HasAdapterFolder, RawRequest, open_backend
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.errors import UsageError
from ayllu.models import ModelStore

STORY = "stone river bread lamp wheel garden " * 5
PROMPTS = [f"{STORY}Once upon a time", f"{STORY}Once upon a time there was", f"{STORY}The capital of France is"]
Open = Callable[..., LlamaCppBackend]


@pytest.fixture
async def open_with(tiny_gguf: Path, store: ModelStore) -> AsyncIterator[Open]:
    """Opens the tiny model with an adapter registry; what was opened is closed at the end."""
    opened: list[Backend] = []

    def open_it(adapters: ActiveAdapters, *held: str, announce: Callable[[str], None] | None = None) -> LlamaCppBackend:
        table = LlamaCppSettings(model=str(tiny_gguf), context=1024, threads=1, adapters=held)
        settings = Settings(backends={"llamacpp": table})
        backend = open_backend("llamacpp", settings, store, adapters=adapters, announce=announce)
        assert isinstance(backend, LlamaCppBackend)
        opened.append(backend)
        return backend

    yield open_it
    for backend in opened:
        await backend.close()


@pytest.fixture
async def holding(open_with: Open, registry: AdapterRegistry) -> LlamaCppBackend:
    """`a1` is promoted; the untuned model and `a2` are held beside it."""
    registry.promote("a1")
    backend = open_with(registry, "none", "a2")
    await backend.start()
    return backend


async def raw_answer(backend: Backend, prompt: str) -> str:
    assert backend.raw is not None
    return (await backend.raw.complete(RawRequest(prompt, max_tokens=8))).text


async def chat_answer(backend: Backend, prompt: str) -> str:
    extra = {"max_tokens": 8, "temperature": 0}
    result = await backend.client.create([UserMessage(content=prompt, source="user")], extra_create_args=extra)
    return str(result.content)


async def answers_of(backend: Backend) -> list[str]:
    return [await answer(backend, prompt) for answer in (raw_answer, chat_answer) for prompt in PROMPTS]


# --- the promoted one ---


def test_what_goes_with_a_promoted_adapter_is_known_before_it_is_loaded(open_with: Open, registry: AdapterRegistry) -> None:
    backend = open_with(registry)
    assert isinstance(backend, HasAdapterFolder)
    assert (backend.adapter, backend.adapter_folder) == (None, None)
    registry.promote("a1")
    assert (backend.adapter, backend.adapter_folder) == ("a1", registry.path("a1").parent)
    registry.rollback("tiny")
    assert (backend.adapter, backend.adapter_folder) == (None, None)


async def test_it_goes_to_work_at_the_next_question_and_a_rollback_takes_it_off(
    open_with: Open, registry: AdapterRegistry
) -> None:
    backend = open_with(registry)
    await backend.start()
    untuned, first = await raw_answer(backend, PROMPTS[0]), backend.pid
    registry.promote("a1")
    assert await raw_answer(backend, PROMPTS[0]) == untuned
    assert (backend.adapter, backend.pid) == (None, first)  # not within a question
    await backend.start()
    assert backend.adapter == "a1"
    assert backend.pid != first
    assert await raw_answer(backend, PROMPTS[0]) != untuned
    registry.rollback(backend.model)
    await backend.start()
    assert backend.adapter is None
    assert await raw_answer(backend, PROMPTS[0]) == untuned


async def test_one_that_cannot_be_loaded_leaves_the_old_one_at_work(open_with: Open, registry: AdapterRegistry) -> None:
    registry.path("a2").write_bytes(registry.path("a2").read_bytes()[:-1000])
    registry.promote("a1")
    notices: list[str] = []
    backend = open_with(registry, announce=notices.append)
    await backend.start()
    before, first = await raw_answer(backend, PROMPTS[0]), backend.pid
    registry.promote("a2")
    for _ in range(2):
        await backend.start()
        assert await raw_answer(backend, PROMPTS[0]) == before
    assert (backend.adapter, backend.pid) == ("a1", first)
    assert len(notices) == 1  # once, not at each question
    assert notices[0].startswith("The adapter a2 is not used, so a1 goes on:")
    registry.rollback(backend.model, None)
    await backend.start()
    assert backend.adapter is None


async def test_a_stop_while_the_old_worker_ends_leaves_the_new_one_at_work(
    open_with: Open, registry: AdapterRegistry
) -> None:
    backend = open_with(registry)
    await backend.start()
    old = psutil.Process(backend.pid)
    registry.promote("a1")
    starting = asyncio.create_task(backend.start())
    while backend.pid == old.pid:  # noqa: ASYNC110 - nothing tells when the old one goes
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert backend.adapter == "a1"
    assert backend.pid not in (None, old.pid)
    await asyncio.to_thread(old.wait, 10)


async def test_a_damaged_registry_leaves_the_model_answering(open_with: Open, registry: AdapterRegistry) -> None:
    (registry.folder / "active.json").write_text("{torn")
    notices: list[str] = []
    backend = open_with(registry, announce=notices.append)
    assert await raw_answer(backend, PROMPTS[0])
    assert backend.adapter is None
    assert [notice.split(" cannot")[0] for notice in notices] == [str(registry.folder / "active.json")]


# --- several at once ---


async def test_each_answers_as_a_worker_of_its_own_would(
    open_with: Open, registry: AdapterRegistry, holding: LlamaCppBackend
) -> None:
    alone: dict[str | None, list[str]] = {}
    for adapter in (None, "a1", "a2"):
        single = open_with(PinnedAdapter(adapter, registry.path(adapter) if adapter is not None else Path()))
        alone[adapter] = await answers_of(single)
        await single.close()
    assert len({tuple(answers) for answers in alone.values()}) == 3  # else this would show nothing

    views = {adapter: holding.asked_as(adapter) for adapter in alone}
    answers: dict[str | None, list[str]] = {adapter: [] for adapter in alone}
    for answer in (raw_answer, chat_answer):  # turn by turn, so that each finds the prompt that another has just read
        for prompt in PROMPTS:
            for adapter, view in views.items():
                answers[adapter].append(await answer(view, prompt))
    assert answers == alone
    assert await answers_of(holding) == alone["a1"]
    assert [view.adapter for view in views.values()] == [None, "a1", "a2"]
    assert (await views["a2"].health()).adapter == "a2"
    for view in views.values():
        await view.close()
    assert (await holding.health()).healthy


async def test_what_one_has_read_is_kept_for_itself_alone(holding: LlamaCppBackend) -> None:
    cached: list[bool] = []
    for adapter in ("a1", "a2", "a1", "a2"):
        raw = holding.asked_as(adapter).raw
        assert raw is not None
        cached.append((await raw.complete(RawRequest(PROMPTS[0], max_tokens=1))).cached_tokens > 0)
    assert cached == [False, False, True, True]


async def test_an_adapter_that_is_not_held_is_asked_for_in_vain(holding: LlamaCppBackend) -> None:
    with pytest.raises(UsageError, match="a7 is not loaded"):
        await chat_answer(holding.asked_as("a7"), "Hi")


async def test_adapters_that_cannot_be_held_leave_the_promoted_one_answering(
    open_with: Open, registry: AdapterRegistry
) -> None:
    registry.path("a2").write_bytes(registry.path("a2").read_bytes()[:-1000])
    notices: list[str] = []
    backend = open_with(registry, "a2", "gone", announce=notices.append)
    assert await raw_answer(backend, PROMPTS[0])
    assert notices[0].startswith("The adapter gone is not there")
    assert notices[1].startswith("The `adapters` of llamacpp are not used: ")
