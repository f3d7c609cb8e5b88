"""A client made of one function that yields text."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, UserMessage
from ayllu.backends import TextClient
from ayllu.errors import UsageError

HELLO = [UserMessage(content="Hello", source="user")]


async def test_a_text_client_streams_counts_and_refuses_what_it_cannot() -> None:
    options_seen: list[object] = []

    async def answer(messages: object, options: object) -> AsyncIterator[str]:
        options_seen.append(options)
        for piece in ("Zürich ", "", "🚲"):
            yield piece

    client = TextClient(answer, context=1000)
    *pieces, result = [piece async for piece in client.create_stream(HELLO, extra_create_args={"seed": 7})]
    assert isinstance(result, CreateResult)
    assert (pieces, result.content, result.finish_reason) == (["Zürich ", "🚲"], "Zürich 🚲", "stop")
    assert options_seen == [{"seed": 7}]
    assert client.total_usage() == result.usage
    assert client.remaining_tokens(HELLO) == 1000 - client.count_tokens(HELLO)
    for options in ({"json_output": True}, {"tools": [{"name": "search"}]}, {"extra_create_args": {"response_format": {}}}):
        with pytest.raises(UsageError, match="gives text"):
            await client.create(HELLO, **options)


@pytest.mark.parametrize("means", ["token", "break", "task"])
async def test_leaving_a_text_client_ends_the_work(means: str) -> None:
    ended = asyncio.Event()

    async def answer(messages: object, options: object) -> AsyncIterator[str]:
        try:
            yield "So"
            await asyncio.sleep(60)
        finally:
            ended.set()

    token = CancellationToken()
    stream = TextClient(answer, context=1000).create_stream(HELLO, cancellation_token=token)
    assert await anext(stream) == "So"
    if means == "break":
        await stream.aclose()
    else:
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.01)
        (token if means == "token" else waiting).cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert ended.is_set()
