"""The `transformers` backend, on a random model of some thousand weights."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, UserMessage
from autogen_core.tools import ToolSchema
from ayllu.backends import BackendFailed, RawRequest, open_backend
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.config import Settings
from ayllu.errors import ExtraMissing
from ayllu.models import ModelStore

Open = Callable[..., TransformersBackend]
SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
WITH_TOOLS = "{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}"


def user(text: str) -> list[UserMessage]:
    return [UserMessage(content=text, source="user")]


async def answer_of(backend: TransformersBackend, text: str = "Hello") -> str:
    assert backend.raw is not None
    return (await backend.raw.complete(RawRequest(text, max_tokens=16))).text


async def test_stop_words_are_cut_off_and_never_shown(opened: Open) -> None:
    backend = opened()
    text = await answer_of(backend)
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


async def test_a_cancelled_token_ends_an_answer_at_once(opened: Open) -> None:
    backend = opened()
    token = CancellationToken()
    stream = backend.client.create_stream(user("Hi"), extra_create_args={"max_tokens": 900}, cancellation_token=token)
    await anext(stream)
    token.cancel()
    with pytest.raises(asyncio.CancelledError):
        await anext(stream)
    assert backend.loaded is not None
    written = len(backend.loaded.cache.tokens)
    await asyncio.sleep(0.3)
    assert len(backend.loaded.cache.tokens) <= written + 1  # the token under way


async def test_two_questions_at_once_are_answered_one_after_the_other(opened: Open) -> None:
    backend = opened()
    alone = [await answer_of(backend, text) for text in ("Hello", "quite another")]
    assert await asyncio.gather(answer_of(backend, "Hello"), answer_of(backend, "quite another")) == alone


@pytest.mark.model
async def test_it_says_what_llama_cpp_says_of_the_same_weights(in_process: TransformersBackend, models: ModelStore) -> None:
    other = open_backend("llamacpp", Settings(), models)
    ids = [piece.id for piece in await other.raw.tokenize(" Paris, the big city of light")]
    rules = [f"p{at} ::= <[{ids[at]}]> p{at + 1}" + (" | end" if at > 2 else "") for at in range(1, len(ids))]
    grammar = "\n".join(["root ::= p1 | p4", 'end ::= "\\n"', *rules, f"p{len(ids)} ::= end"])
    forced = f"root ::= {' '.join(f'<[{token}]>' for token in ids)}"
    try:
        for request in (
            RawRequest("The capital of France is", max_tokens=3, n_probs=3),
            RawRequest("The Eiffel tower stands in Paris", max_tokens=28, grammar=grammar, n_probs=1),
            RawRequest("I love", max_tokens=len(ids), grammar=forced, n_probs=1),
        ):
            ours, theirs = await in_process.raw.complete(request), await other.raw.complete(request)
            assert (ours.text, ours.tokens, ours.prompt_tokens) == (theirs.text, theirs.tokens, theirs.prompt_tokens)
            assert ours.first[0].text == theirs.first[0].text
            spoken = slice(ours.tokens - 1)  # without a forced end, which each picks from several
            np.testing.assert_allclose(ours.logprobs[spoken], theirs.logprobs[spoken], atol=0.5)  # it computes in 8 bits
    finally:
        await other.close()


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
