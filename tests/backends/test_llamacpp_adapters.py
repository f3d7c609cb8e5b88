"""Several adapters on one loaded model: each answers as if it were alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from autogen_core.models import UserMessage
from ayllu.adapters import Adapter, AdapterRegistry, PinnedAdapter
from ayllu.backends import Backend, HasAdapterFolder, RawRequest, open_backend
from ayllu.backends.llamacpp.adapters import Places
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.errors import UsageError
from ayllu.models import ModelStore

STORY = "stone river bread lamp wheel garden " * 20
PROMPTS = [f"{STORY}Once upon a time", f"{STORY}Once upon a time there was", f"{STORY}The capital of France is"]


def adapter_file(path: Path, seed: int) -> None:
    """A LoRA for the default model that turns its answers into others'."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    for layer in range(0, 30, 3):
        for side, shape in (("a", (4, 576)), ("b", (576, 4))):
            tensor = random.normal(0, 0.1, shape).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.attn_output.weight.lora_{side}", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    registry = AdapterRegistry(tmp_path / "adapters")
    for at in (1, 2):
        files = tmp_path / f"files{at}"
        adapter_file(files / "adapter.gguf", at)
        registry.add(Adapter(f"a{at}", "smollm2-135m-instruct", "", "", "sft", f"2026-01-0{at}T00:00:00+00:00"), files)
    return registry


def settings(*adapters: str, slots: int = 1) -> Settings:
    return Settings(backends={"llamacpp": LlamaCppSettings(context=512, slots=slots, adapters=adapters, threads=1)})


async def raw_answer(backend: Backend, prompt: str) -> str:
    assert backend.raw is not None
    return (await backend.raw.complete(RawRequest(prompt, max_tokens=8))).text


async def chat_answer(backend: Backend, prompt: str) -> str:
    asked = [UserMessage(content=prompt, source="user")]
    extra = {"max_tokens": 8, "temperature": 0}
    return str((await backend.client.create(asked, extra_create_args=extra)).content)


async def answers(backend: Backend) -> list[str]:
    return [*[await raw_answer(backend, one) for one in PROMPTS], *[await chat_answer(backend, one) for one in PROMPTS]]


@pytest.fixture
async def held(models: ModelStore, registry: AdapterRegistry) -> AsyncIterator[LlamaCppBackend]:
    """`a1` is promoted; the untuned model and `a2` are held beside it."""
    registry.promote("a1")
    backend = open_backend("llamacpp", settings("none", "a2"), models, adapters=registry)
    assert isinstance(backend, LlamaCppBackend)
    await backend.start()
    yield backend
    await backend.close()


@pytest.mark.parametrize("name", ["llamacpp", "transformers"])
def test_what_goes_with_a_promoted_adapter_is_known_before_it_is_loaded(
    name: str, models: ModelStore, registry: AdapterRegistry
) -> None:
    backend = open_backend(name, settings(), models, adapters=registry)
    assert isinstance(backend, HasAdapterFolder)
    assert (backend.adapter, backend.adapter_folder) == (None, None)
    registry.promote("a1")
    assert (backend.adapter, backend.adapter_folder) == ("a1", registry.path("a1").parent)
    registry.rollback("smollm2-135m-instruct")
    assert (backend.adapter, backend.adapter_folder) == (None, None)


@pytest.mark.model
async def test_each_answers_as_a_worker_of_its_own_would(
    models: ModelStore, registry: AdapterRegistry, held: LlamaCppBackend
) -> None:
    alone: dict[str | None, list[str]] = {}
    for adapter in (None, "a1", "a2"):
        pinned = PinnedAdapter(adapter, registry.path(adapter) if adapter is not None else Path())
        single = open_backend("llamacpp", settings(), models, adapters=pinned)
        alone[adapter] = await answers(single)
        await single.close()
    assert len({tuple(one) for one in alone.values()}) == 3  # else this would show nothing

    views = {adapter: held.asked_as(adapter) for adapter in alone}
    got: dict[str | None, list[str]] = {adapter: [] for adapter in alone}
    for answer in (raw_answer, chat_answer):  # turn by turn, so that each finds the prompt that another has just read
        for prompt in PROMPTS:
            for adapter, view in views.items():
                got[adapter].append(await answer(view, prompt))
    assert got == alone
    assert await answers(held) == alone["a1"]
    assert [view.adapter for view in views.values()] == [None, "a1", "a2"]
    assert (await views["a2"].health()).adapter == "a2"
    for view in views.values():
        await view.close()
    assert (await held.health()).healthy


@pytest.mark.model
async def test_what_one_has_read_is_kept_for_itself_alone(held: LlamaCppBackend) -> None:
    cached: list[bool] = []
    for adapter in ("a1", "a2", "a1", "a2"):
        raw = held.asked_as(adapter).raw
        assert raw is not None
        cached.append((await raw.complete(RawRequest(PROMPTS[0], max_tokens=1))).cached_tokens > 0)
    assert cached == [False, False, True, True]


@pytest.mark.model
async def test_an_adapter_that_is_not_held_is_asked_for_in_vain(held: LlamaCppBackend) -> None:
    with pytest.raises(UsageError, match="a7 is not loaded"):
        await chat_answer(held.asked_as("a7"), "Hi")


@pytest.mark.model
async def test_adapters_that_cannot_be_held_leave_the_promoted_one_answering(
    models: ModelStore, registry: AdapterRegistry
) -> None:
    registry.path("a2").write_bytes(registry.path("a2").read_bytes()[:-2000])
    told: list[str] = []
    backend = open_backend("llamacpp", settings("a2", "gone"), models, adapters=registry, announce=told.append)
    try:
        assert await raw_answer(backend, "The capital of France is")
        assert told[0].startswith("The adapter gone is not there")
        assert told[1].startswith("The `adapters` of llamacpp are not used: ")
    finally:
        await backend.close()


def test_slots_are_never_shared_and_the_emptiest_is_taken() -> None:
    places = Places([None, "a1"], slots=2)
    assert (places.count, places.loras) == (4, ("a1",))
    with places.held("a1") as first, places.held("a1") as second, places.held(None) as untuned:
        assert [first["id_slot"], second["id_slot"], untuned["id_slot"]] == [2, 3, 0]
        assert first["lora"] == [{"id": 0, "scale": 1.0}]
        assert untuned["lora"] == [{"id": 0, "scale": 0.0}]
        assert not places.idle
    assert places.idle
    with Places(["a1"], slots=1).held("a1") as alone:
        assert alone == {}  # the server chooses
    with pytest.raises(UsageError) as caught, places.held("a2"):
        pass
    assert '"a2"' in caught.value.hint
