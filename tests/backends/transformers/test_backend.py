"""The `transformers` backend, on a random model of some thousand weights; what a real one says is `test_conformance`'s."""

import asyncio
import json
import shutil
import warnings
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from autogen_core import CancellationToken
from autogen_core.models import (
    CreateResult,
    UserMessage,
)
from autogen_core.tools import ToolSchema
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends import BackendFailed, RawRequest, open_backend
from ayllu.backends.transformers import sampling as choice
from ayllu.backends.transformers.backend import TransformersBackend, find
from ayllu.backends.transformers.engine import Ask, Engine
from ayllu.backends.transformers.sampling import Sampler, Sampling
from ayllu.config import Settings, TransformersSettings
from ayllu.errors import ExtraMissing, NotFound, UsageError
from ayllu.models import ModelStore
from pydantic import BaseModel

SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
WITH_TOOLS = "{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}"
Open = Callable[..., TransformersBackend]


@pytest.fixture
async def opened(tiny: Path, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens backends over the tiny model, or over what the table says; they are closed after the test."""
    backends: list[TransformersBackend] = []

    def opened(
        adapters: AdapterRegistry | None = None, told: list[str] | None = None, **table: object
    ) -> TransformersBackend:
        given = TransformersSettings(**{"kind": "transformers", "model": str(tiny), **table})
        announce = told.append if told is not None else None
        settings = Settings(backends={"own": given})
        backend = open_backend("own", settings, ModelStore(tmp_path / "models"), adapters=adapters, announce=announce)
        assert isinstance(backend, TransformersBackend)
        backends.append(backend)
        return backend

    yield opened
    for backend in backends:
        await backend.close()


@pytest.fixture
def registry(tmp_path: Path, tiny: Path) -> AdapterRegistry:
    """Two adapters of the tiny model that change what it says: `a1`, and `a2`, whose weights are torn."""
    registry = AdapterRegistry(tmp_path / "adapters")
    for at, name in enumerate(("a1", "a2"), start=1):
        files = tmp_path / name
        lora(tiny, files / "peft")
        (files / "adapter.gguf").write_bytes(b"GGUF")  # another backend's
        registry.add(Adapter(name, tiny.name, "", "", "sft", f"2026-01-0{at}T00:00:00+00:00"), files)
    weights = registry.folder / "a2" / "peft" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-200])
    return registry


def lora(base: Path, out: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, lora_alpha=64, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        get_peft_model(AutoModelForCausalLM.from_pretrained(str(base)), config).save_pretrained(str(out))


def user(text: str) -> list[UserMessage]:
    return [UserMessage(content=text, source="user")]


async def said(backend: TransformersBackend, text: str = "Hello") -> str:
    assert backend.raw is not None
    return (await backend.raw.complete(RawRequest(text, max_tokens=16))).text


# --- adapters ---


async def test_a_promoted_adapter_goes_to_work_between_two_questions(opened: Open, registry: AdapterRegistry) -> None:
    backend = opened(registry)
    await backend.start()
    before = await said(backend)
    registry.promote("a1")
    assert (await said(backend), backend.adapter) == (before, None)  # not within a question
    await backend.start()
    tuned = await said(backend)
    assert (tuned != before, backend.adapter) == (True, "a1")
    assert (await backend.health()).adapter == "a1"
    registry.rollback(backend.model)
    await backend.start()
    assert (await said(backend), backend.adapter) == (before, None)


async def test_an_adapter_that_cannot_be_loaded_leaves_the_old_one_at_work(opened: Open, registry: AdapterRegistry) -> None:
    told: list[str] = []
    backend = opened(registry, told)
    registry.promote("a1")
    await backend.start()
    before = await said(backend)
    registry.promote("a2")
    for _ in range(2):
        await backend.start()
        assert (await said(backend), backend.adapter) == (before, "a1")
    assert len(told) == 1  # once, not at each question
    assert told[0].startswith("The adapter a2 is not used, so a1 goes on:")
    registry.rollback(backend.model, None)
    await backend.start()
    assert backend.adapter is None


async def test_a_damaged_registry_leaves_the_model_answering(opened: Open, registry: AdapterRegistry) -> None:
    (registry.folder / "active.json").write_text("{torn")
    told: list[str] = []
    backend = opened(registry, told)
    await backend.start()
    assert (len(await said(backend)) > 0, backend.adapter, len(told)) == (True, None, 1)


async def test_a_folder_of_the_settings_is_put_on_whatever_is_promoted(
    opened: Open, registry: AdapterRegistry, tmp_path: Path
) -> None:
    registry.promote("a1")
    promoted = opened(registry)
    await promoted.start()
    folder = tmp_path / "mine"
    shutil.copytree(registry.folder / "a1" / "peft", folder)
    own = opened(registry, adapter=str(folder))
    await own.start()
    assert own.adapter == "mine"
    assert await said(own) == await said(promoted)


async def test_an_adapter_in_pickles_or_of_another_kind_is_refused(opened: Open, registry: AdapterRegistry) -> None:
    peft = registry.folder / "a1" / "peft"
    config = json.loads((peft / "adapter_config.json").read_text())
    (peft / "adapter_config.json").write_text(json.dumps({"peft_type": "PROMPT_TUNING", "task_type": "CAUSAL_LM"}))
    backend = opened(adapter=str(peft))
    with pytest.raises(BackendFailed, match="not LoRA"):
        await backend.start()
    (peft / "adapter_config.json").write_text(json.dumps(config))
    (peft / "adapter_model.safetensors").rename(peft / "adapter_model.bin")
    with pytest.raises(BackendFailed, match=r"no adapter_model\.safetensors"):
        await backend.start()


# --- prompts, tokens and text ---


async def test_what_two_prompts_have_in_common_is_read_once(opened: Open) -> None:
    backend, fresh = opened(), opened()
    assert backend.raw is not None
    long = "the same beginning of both prompts, and then "
    await backend.raw.complete(RawRequest(f"{long}one thing", max_tokens=9))
    again = await backend.raw.complete(RawRequest(f"{long}another", max_tokens=9, n_probs=3))
    assert again.cached_tokens == len(long)
    whole = await fresh.raw.complete(RawRequest(f"{long}another", max_tokens=9, n_probs=3))
    assert (whole.cached_tokens, whole.text) == (0, again.text)
    np.testing.assert_allclose(whole.logprobs, again.logprobs, atol=1e-4)
    assert [one.id for one in whole.first] == [one.id for one in again.first]
    assert whole.first[0].logprob >= whole.first[1].logprob


async def test_stop_words_are_cut_off_and_never_shown(opened: Open) -> None:
    backend = opened()
    text = await said(backend)
    word = text[5:8]
    done = await backend.raw.complete(RawRequest("Hello", max_tokens=16, stop=[word]))
    assert (done.text, done.finish, done.prompt_tokens) == (text[: text.index(word)], "stop", 5)
    answer = str((await backend.client.create(user("Hello"), extra_create_args={"max_tokens": 16})).content)
    word = answer[5:8]
    *pieces, result = [
        piece
        async for piece in backend.client.create_stream(user("Hello"), extra_create_args={"max_tokens": 16, "stop": word})
    ]
    assert "".join(pieces) == result.content == answer[: answer.index(word)]


async def test_a_stop_is_heard_within_a_long_prompt(opened: Open) -> None:
    class Soon(Event):
        """Set from the third look on."""

        looks = 0

        def is_set(self) -> bool:
            self.looks += 1
            return self.looks > 2

    engine = await opened().engine()
    written = engine.write(Ask(engine.tokens("a" * 900), 50), lambda piece: None, Soon())
    assert (written.finish, written.tokens, written.text) == ("stopped", 0, "")
    assert 0 < len(engine.read) < 900


async def test_a_cancelled_token_ends_an_answer_at_once(opened: Open) -> None:
    backend = opened()
    token = CancellationToken()
    stream = backend.client.create_stream(user("Hi"), extra_create_args={"max_tokens": 900}, cancellation_token=token)
    await anext(stream)
    token.cancel()
    with pytest.raises(asyncio.CancelledError):
        await anext(stream)
    assert backend.loaded is not None
    written = len(backend.loaded.read)
    await asyncio.sleep(0.3)
    assert len(backend.loaded.read) <= written + 1  # the token under way


async def test_two_questions_at_once_are_answered_one_after_the_other(opened: Open) -> None:
    backend = opened()
    alone = [await said(backend, text) for text in ("Hello", "quite another")]
    assert await asyncio.gather(said(backend, "Hello"), said(backend, "quite another")) == alone


@pytest.mark.model
async def test_pieces_join_to_the_text_and_a_split_character_is_its_first_tokens(in_process: TransformersBackend) -> None:
    text = " The zoo opens at 9:30, wörld 🚲."
    pieces = await in_process.raw.tokenize(text)
    assert "".join(piece.text for piece in pieces) == text
    bicycle = next(at for at, piece in enumerate(pieces) if piece.text == " 🚲")
    assert [piece.text for piece in pieces[bicycle + 1 :]] == ["", "", "."]


@pytest.mark.model
async def test_it_says_what_llama_cpp_says_of_the_same_weights(in_process: TransformersBackend, models: ModelStore) -> None:
    other = open_backend("llamacpp", Settings(), models)
    ids = [piece.id for piece in await other.raw.tokenize(" Paris, the big city of light")]
    rules = [f"p{at} ::= <[{ids[at]}]> p{at + 1}" + (" | end" if at > 2 else "") for at in range(1, len(ids))]
    grammar = "\n".join(["root ::= p1 | p4", 'end ::= "\\n"', *rules, f"p{len(ids)} ::= end"])
    forced = f"root ::= {' '.join(f'<[{one}]>' for one in ids)}"
    try:
        for request in (
            RawRequest("The capital of France is", max_tokens=3, n_probs=3),
            RawRequest("The Eiffel tower stands in Paris", max_tokens=28, grammar=grammar, n_probs=1),
            RawRequest("I love", max_tokens=len(ids), grammar=forced, n_probs=1),
        ):
            ours, theirs = await in_process.raw.complete(request), await other.raw.complete(request)
            assert (ours.text, ours.tokens, ours.prompt_tokens) == (theirs.text, theirs.tokens, theirs.prompt_tokens)
            assert [one.text for one in ours.first][:1] == [one.text for one in theirs.first][:1]
            spoken = slice(ours.tokens - 1)  # without a forced end, which each picks from several
            np.testing.assert_allclose(ours.logprobs[spoken], theirs.logprobs[spoken], atol=0.5)  # it computes in 8 bits
    finally:
        await other.close()


# --- grammars and choice ---


class Place(BaseModel):
    name: str
    seen: bool


@pytest.mark.model
async def test_answers_are_held_to_json_to_expressions_and_to_grammars(in_process: TransformersBackend) -> None:
    result = await in_process.client.create(user("Where is Puno?"), json_output=Place, extra_create_args={"max_tokens": 90})
    Place.model_validate_json(str(result.content))
    whole = await in_process.client.create(user("JSON, please."), json_output=True, extra_create_args={"max_tokens": 20})
    assert str(whole.content).startswith("{")
    raw = in_process.raw
    year = await raw.complete(RawRequest("A year: ", regex="1[0-9]{3}", max_tokens=9))
    assert 1000 <= int(year.text) <= 1999
    chosen = await raw.complete(RawRequest("A city: ", grammar='root ::= "Puno" | "Cusco"', max_tokens=9))
    assert (chosen.text in {"Puno", "Cusco"}, chosen.finish) == (True, "stop")
    two = {"enum": [1, 2]}
    assert (await raw.complete(RawRequest("One or two: ", schema=two, max_tokens=9))).text in {"1", "2"}


@pytest.mark.model
async def test_a_form_that_cannot_be_held_to_is_refused_by_name(in_process: TransformersBackend, opened: Open) -> None:
    for form in ({"grammar": "root ::= ("}, {"grammar": "root ::= <[1]>*"}, {"regex": "("}, {"schema": {"type": "odd"}}):
        with pytest.raises(UsageError):
            await in_process.raw.complete(RawRequest("x", **form))
    backend = opened()
    with pytest.raises(UsageError, match="cannot be held to a form"):  # letters without a decoder
        await backend.raw.complete(RawRequest("x", regex="[0-9]"))
    with pytest.raises(UsageError, match="presence_penalty"):
        await backend.client.create(user("Hi"), extra_create_args={"presence_penalty": 1})
    with pytest.raises(UsageError, match="cannot be made to call"):
        await backend.client.create(user("Hi"), tools=[SEARCH], tool_choice="required")


def test_a_grammar_of_tokens_is_put_into_the_words_of_llguidance() -> None:
    lark = choice.of_gbnf('root ::= p1 | end\nend ::= "\\n"\np1 ::= <[17]> end')
    assert lark == 'start: p1 | end\nend: "\\n"\np1: <[17]> end'


def test_an_object_of_a_schema_is_closed_unless_it_says_otherwise() -> None:
    inner = {"type": "object", "properties": {"properties": {"const": {"properties": {}}}}}
    both = {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    held = choice.of_schema({"properties": {"one": inner, "two": both}, "additionalProperties": True})
    assert held.replace(" ", "").count('"additionalProperties":false') == 1


def test_a_sampler_is_greedy_or_cuts_off_and_repeats_itself_by_its_seed() -> None:
    scores = np.log(np.array([0.05, 0.5, 0.3, 0.15], np.float32))

    def drawn(**how: float) -> list[int]:
        sampler = Sampler(Sampling(**how))
        return [sampler.pick(scores) for _ in range(400)]

    assert set(drawn()) == {1}
    free = drawn(temperature=1.0, seed=3)
    assert free == drawn(temperature=1.0, seed=3)
    assert abs(free.count(1) / 400 - 0.5) < 0.1
    assert set(drawn(temperature=1.0, top_p=0.7)) == {1, 2}
    assert set(drawn(temperature=1.0, top_k=3)) == {1, 2, 3}
    assert drawn(temperature=0.2, seed=0).count(1) > 350
    np.testing.assert_allclose(np.exp(choice.log_odds(scores)).sum(), 1)


# --- tools ---


async def test_function_calling_is_known_from_the_template_and_what_is_no_call_is_text(opened: Open, tiny: Path) -> None:
    backend = opened()
    await backend.start()
    assert backend.client.model_info["function_calling"] is False
    assert opened(tools=True).client.model_info["function_calling"] is True
    backend.loaded.tokenizer.chat_template = WITH_TOOLS + backend.loaded.tokenizer.chat_template
    pieces: list[str | CreateResult] = []
    async for piece in backend.client.create_stream(user("Hi"), tools=[SEARCH], extra_create_args={"max_tokens": 12}):
        pieces.append(piece)
    result = pieces.pop()
    assert isinstance(result, CreateResult)
    assert result.content == "".join(map(str, pieces))
    assert backend.client.count_tokens(user("Hi"), tools=[SEARCH]) == result.usage.prompt_tokens
    assert backend.client.remaining_tokens(user("Hi"), tools=[SEARCH]) == 1024 - result.usage.prompt_tokens


# --- where models come from ---


def test_a_model_is_found_by_name_by_file_by_folder_and_on_the_hub(tiny: Path, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    named = find("smollm2-135m-instruct", store)
    assert (named.place, named.base, named.style) == ("store", "smollm2-135m-instruct", "span")
    original = find("HuggingFaceTB/SmolLM2-135M-Instruct", store)  # adapters of the GGUF are adapters of it
    assert (original.place, original.base, original.style) == ("hub", "smollm2-135m-instruct", "prose")
    assert (find(str(tiny), store).place, find(str(tiny), store).base) == ("folder", tiny.name)
    with pytest.raises(NotFound, match="no model"):
        find("smollm", store)


async def test_health_of_a_model_that_is_not_loaded_says_whether_it_is_here(opened: Open) -> None:
    here = await opened().health()
    assert (here.healthy, dict(here.details), here.latency_s) == (True, {"loaded": "no"}, None)
    away = await opened(model="smollm2-135m-instruct").health()
    assert (away.healthy, away.error) == (False, "The model smollm2-135m-instruct is not here yet.")
    assert "ayllu backends check own" in str(away.hint)


async def test_what_is_no_model_is_an_error_with_its_name(opened: Open, tiny: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny, broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BackendFailed, match=r"broken could not be loaded by transformers"):
        await opened(model=str(broken)).start()


def test_what_is_not_installed_is_named_with_the_command(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ayllu.backends.transformers.backend.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing) as caught:
        opened()
    assert caught.value.hint == "Run `ayllu setup models`."
    monkeypatch.setattr("ayllu.backends.transformers.backend.find_spec", lambda name: None if name == "gguf" else object())
    with pytest.raises(ExtraMissing) as caught:
        opened(model="smollm2-135m-instruct")
    assert caught.value.hint == "Run `ayllu setup train`."


def test_an_engine_takes_the_settings_of_its_model(tiny: Path) -> None:
    engine = Engine.load(tiny, "cpu", 4096, 1)
    assert (engine.device, engine.dtype, engine.context) == ("cpu", "float32", 1024)  # the model reads no more
