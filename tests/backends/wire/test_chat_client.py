"""What AutoGen asks of every chat client, by the bases that ours have in common."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage, ModelInfo, RequestUsage, UserMessage
from ayllu.backends.scripted import ScriptedClient
from ayllu.backends.wire import ChatClient, DelegatingClient, estimate_prompt_tokens, open_stream

HELLO = [UserMessage(content="Hello there, who are you?", source="user")]
INFO = ModelInfo(vision=False, function_calling=False, json_output=False, structured_output=False, family="unknown")


class Echo(ChatClient):
    """Says each word of the question; `closed` is set once its stream has ended or was left."""

    context = 100
    model_info = INFO

    def __init__(self, *, is_closed: bool = False) -> None:
        super().__init__()
        self.closed = asyncio.Event()
        self._is_closed = is_closed

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        text = str(messages[-1].content)
        try:
            for word in text.split():
                yield word
            if self._is_closed:
                return
            usage = RequestUsage(prompt_tokens=5, completion_tokens=len(text.split()))
            self.record_usage(usage)
            yield CreateResult(finish_reason="stop", content=text, usage=usage, cached=False)
        finally:
            self.closed.set()


class Through(DelegatingClient):
    def __init__(self, inner: ChatCompletionClient) -> None:
        self._inner = inner

    @property
    def inner(self) -> ChatCompletionClient:
        return self._inner


async def test_an_answer_is_the_result_of_its_stream_and_usage_adds_up() -> None:
    client = Echo()
    for count in (1, 2):
        assert (await client.create(HELLO)).content == HELLO[0].content
        assert client.total_usage() == client.actual_usage() == RequestUsage(5 * count, 5 * count)
    assert client.capabilities == INFO


async def test_tokens_are_estimated_a_little_high_and_what_remains_follows() -> None:
    client = Echo()
    assert client.count_tokens(HELLO) == estimate_prompt_tokens(HELLO) == 8 + 8
    assert client.remaining_tokens(HELLO) == 100 - 16


async def test_a_stream_without_a_result_is_one_that_was_cancelled() -> None:
    with pytest.raises(asyncio.CancelledError):
        await Echo(is_closed=True).create(HELLO)


async def test_a_delegating_client_is_the_one_behind_it() -> None:
    inner = Echo()
    client = Through(inner)
    *words, result = [piece async for piece in client.create_stream(HELLO)]
    assert isinstance(result, CreateResult)
    assert words == str(HELLO[0].content).split()
    assert (await client.create(HELLO)).content == result.content
    assert client.total_usage() == client.actual_usage() == inner.total_usage()
    assert client.count_tokens(HELLO) == inner.count_tokens(HELLO)
    assert client.remaining_tokens(HELLO) == inner.remaining_tokens(HELLO)
    assert client.model_info == client.capabilities == INFO


async def test_options_reach_the_client_behind() -> None:
    inner = ScriptedClient(["Good day.", "Good night."])
    client = Through(inner)
    await client.create(HELLO, extra_create_args={"seed": 7})
    _ = [piece async for piece in client.create_stream(HELLO, extra_create_args={"seed": 8})]
    assert [options for _, options in inner.calls] == [{"seed": 7}, {"seed": 8}]


async def test_a_stream_that_is_left_is_closed_through_every_layer() -> None:
    inner = Echo()
    stream = Through(Through(inner)).create_stream(HELLO)
    assert await anext(stream) == "Hello"
    await stream.aclose()
    assert inner.closed.is_set()


async def test_an_open_stream_is_closed_whatever_ends_it() -> None:
    inner = Echo()

    async def fail_at_the_first_word() -> None:
        async with open_stream(inner, HELLO) as pieces:
            await anext(pieces)
            raise RuntimeError("shown no more")

    with pytest.raises(RuntimeError, match="shown no more"):
        await fail_at_the_first_word()
    assert inner.closed.is_set()
