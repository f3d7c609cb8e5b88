"""The scripted backend does what its script says, and no more."""

import asyncio

import pytest
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, UserMessage
from ayllu.agents.writing.span import forced_logprob, no_answer_logprob, propose_candidates
from ayllu.backends import Backend, BackendUnreachable, RawRequest
from ayllu.backends.scripted import Reply, ScriptedBackend, ScriptedCompletion, ScriptEnded

HELLO = [UserMessage(content="Hello there", source="user")]
TEXT = 'The mill was founded on 6 May 1984 by Rosa "la Negra" Huamani.'


async def test_replies_come_word_by_word_in_order_and_end_with_the_result() -> None:
    backend = ScriptedBackend(replies=["Two\nwords ", "more"])
    assert isinstance(backend, Backend)
    pieces = [piece async for piece in backend.client.create_stream(HELLO, extra_create_args={"seed": 1})]
    assert pieces[:-1] == ["Two", "\nwords "]
    result = pieces[-1]
    assert isinstance(result, CreateResult)
    assert (result.content, result.finish_reason) == ("Two\nwords ", "stop")
    assert (result.usage.prompt_tokens, result.usage.completion_tokens) == (2, 2)
    assert (await backend.client.create(HELLO)).content == "more"
    assert backend.client.calls[0] == (HELLO, {"seed": 1})
    assert backend.client.total_usage().completion_tokens == 3
    with pytest.raises(ScriptEnded):
        await backend.client.create(HELLO)


async def test_it_fails_where_the_script_says() -> None:
    gone = BackendUnreachable("It is gone.", hint="Start it.")
    backend = ScriptedBackend(replies=[Reply("one two three", error=gone, pieces_before_error=2)])
    stream = backend.client.create_stream(HELLO)
    assert [await anext(stream), await anext(stream)] == ["one", " two"]
    with pytest.raises(BackendUnreachable):
        await anext(stream)
    backend.down = gone
    assert (await backend.health()).error == "It is gone."
    with pytest.raises(BackendUnreachable):
        await backend.start()


async def test_a_slow_reply_is_stopped_by_its_token() -> None:
    token = CancellationToken()
    client = ScriptedBackend(replies=[Reply("never seen", pause_s=60)]).client
    asyncio.get_running_loop().call_later(0.05, token.cancel)
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await client.create(HELLO, cancellation_token=token)


async def test_what_is_not_scripted_is_made_of_the_messages() -> None:
    client = ScriptedBackend(replies=["first"], otherwise=lambda messages: f"{messages[-1].content}!").client
    assert [(await client.create(HELLO)).content for _ in range(2)] == ["first", "Hello there!"]


async def test_spans_that_are_liked_are_proposed_within_the_grammar() -> None:
    raw = ScriptedCompletion({"6 May 1984": -1.0, 'Rosa "la Negra" Huamani': -0.5, "not in the text": -0.1})
    proposed = await propose_candidates(raw, "", TEXT, "When was the mill founded?")
    assert [(span.text, span.logprob) for span in proposed] == [('Rosa "la Negra" Huamani', -0.5), ("6 May 1984", -1.0)]
    assert raw.prompts[0].endswith("Question: When was the mill founded?\nAnswer:")


async def test_without_likings_names_and_figures_are_proposed_first() -> None:
    proposed = await propose_candidates(ScriptedCompletion(), "", TEXT, "When was the mill founded?")
    assert {"6 May 1984", "Huamani"} <= {span.text for span in proposed}
    assert all(span.text in TEXT for span in proposed)


async def test_how_likely_a_forced_text_is_follows_the_likings() -> None:
    raw = ScriptedCompletion(lambda prompt: {"none": -0.25} if "sky" in prompt else {})
    assert (
        await no_answer_logprob(raw, "", "The sky is blue.", "When?")
        == -0.25
        > await no_answer_logprob(raw, "", TEXT, "When?")
    )
    forced = await raw.tokenize(" sky and sea")
    assert await forced_logprob(raw, "Text:", forced) < await forced_logprob(raw, "Text:", forced[:1])


async def test_raw_text_ends_at_its_length_or_a_stop_and_an_error_is_raised_once() -> None:
    raw = ScriptedCompletion({"one two three": -1.0})
    assert (await raw.complete(RawRequest("Count:", max_tokens=2))).text == " one two"
    assert (await raw.complete(RawRequest("Count:", stop=[" three"]))).text == " one two"
    raw.error = BackendUnreachable("It is gone.", hint="Start it.")
    with pytest.raises(BackendUnreachable):
        await raw.complete(RawRequest("Count:"))
    assert (await raw.complete(RawRequest("Count:"))).text == " one two three\n"
