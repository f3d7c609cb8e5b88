"""The chat client against a server that answers what a test tells it to, byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from autogen_core import CancellationToken
from autogen_core.models import CreateResult, UserMessage
from ayllu.backends import BackendFailed, BackendUnreachable
from ayllu.backends.openai.client import OpenAIClient

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
STREAM = (
    'data: {"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Grüß"}}]}\n\n'
    ": a comment that keeps the line open\n\n"
    'data: {"model":"m","choices":[{"index":0,"delta":{"content":" Gott"}}]}\n\n'
    'data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    'data: {"model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}\n\n'
    "data: [DONE]\n\n"
).encode()


@asynccontextmanager
async def serving(pieces: Sequence[bytes], *, kept: bool = False) -> AsyncIterator[OpenAIClient]:
    """A client of a server that sends `pieces`, each in a packet of its own, to every request that opens a connection.

    `kept` leaves the connection open after the answer, only to drop it when it is used again.
    """
    tasks: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.001)
            if kept:
                await reader.readuntil(b"POST")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = OpenAIClient(
        where="the test's server",
        model="m",
        base_url=f"http://127.0.0.1:{port}/v1",
        api_key="none",
        timeout_s=5,
        context=1000,
        function_calling=True,
    )
    try:
        yield client
    finally:
        await client.close()
        server.close()
        await asyncio.gather(*filter(None, tasks))
        await asyncio.sleep(0)  # the transports close in the loop's next turn


async def streamed(client: OpenAIClient) -> tuple[list[str], CreateResult]:
    pieces: list[str] = []
    async for piece in client.create_stream([UserMessage(content="Greet.", source="user")]):
        if isinstance(piece, CreateResult):
            return pieces, piece
        pieces.append(piece)
    raise AssertionError("a stream without a result")


@pytest.mark.parametrize("size", [1, 5, 10_000])
async def test_a_stream_is_read_whatever_the_packets(size: int) -> None:
    packets = [HEAD, *(STREAM[at : at + size] for at in range(0, len(STREAM), size))]
    async with serving(packets) as client:
        pieces, result = await streamed(client)
    assert pieces == ["Grüß", " Gott"]
    assert result.content == "Grüß Gott"
    assert (result.usage.prompt_tokens, result.usage.completion_tokens, result.finish_reason) == (7, 2, "stop")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("after", ["", ',"NAME":""', ',"NAME":null'])
async def test_thought_comes_between_tags_whatever_a_server_calls_it(name: str, after: str) -> None:
    chunks = [f'{{"{name}":"Hm"}}', f'{{"{name}":", so."}}', f'{{"content":"Grüß"{after}}}', f'{{"content":" Gott"{after}}}']
    lines = [
        f'data: {{"model":"m","choices":[{{"index":0,"delta":{chunk.replace("NAME", name)}}}]}}\n\n' for chunk in chunks
    ]
    end = 'data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    async with serving([HEAD, "".join([*lines, end]).encode()]) as client:
        pieces, result = await streamed(client)
    assert "".join(pieces) == "<think>Hm, so.</think>Grüß Gott"
    assert result.content == "Grüß Gott"


async def test_a_tool_call_in_a_stream_arrives_whole() -> None:
    call = (
        'data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function",'
        '"function":{"name":"search","arguments":"{\\"q\\":"}}]}}]}\n\n'
        'data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":'
        '{"arguments":"\\"mill\\"}"}}]}}]}\n\n'
        'data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
    )
    async with serving([HEAD, call.encode()]) as client:
        _, result = await streamed(client)
    assert [(part.name, part.arguments) for part in result.content] == [("search", '{"q":"mill"}')]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'data: {"error":{"message":"out of memory","code":507}}\n\n', "answered 507: out of memory"),
        (b'data: {"error":"overloaded"}\n\n', "answered 500: overloaded"),
        (b'error: {"code":503,"message":"loading","type":"unavailable"}\n\n', "answered 503: loading"),
        (b"error: {torn\n\n", "cannot be read"),
        (b"data: {torn\n\n", "cannot be read"),
        (b"data: [1]\n\n", "cannot be read"),
        (STREAM[:100] + b"\n\n", "in the middle|cannot be read"),
        (b"data: [DONE]\n\n", "in the middle"),
        (b"", "in the middle"),
    ],
)
async def test_a_stream_that_goes_wrong_says_how(body: bytes, words: str) -> None:
    async with serving([HEAD, body]) as client:
        with pytest.raises(BackendFailed, match=words):
            await streamed(client)


async def test_a_connection_that_breaks_is_not_an_answer() -> None:
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + STREAM[:90]
    async with serving([broken]) as client:
        with pytest.raises(BackendUnreachable):
            await streamed(client)


async def test_every_question_opens_a_connection_of_its_own() -> None:
    """A kept one may be dropped by the server at the moment of asking: here the server drops it after one answer."""
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: text/event-stream\r\n\r\n%s" % (len(STREAM), STREAM)
    async with serving([response], kept=True) as client:
        for _ in range(3):
            assert (await streamed(client))[1].content == "Grüß Gott"


@pytest.mark.parametrize(
    "line", [b": still here\n\n", b'data: {"model":"m","choices":[{"index":0,"delta":{"content":""}}]}\n\n']
)
async def test_what_says_nothing_does_not_keep_a_stream_alive(line: bytes) -> None:
    async with serving([HEAD, *[line] * 2000]) as client:
        client._timeout_s = 0.2
        with pytest.raises(BackendUnreachable, match="in time"):
            await streamed(client)


async def test_an_answer_that_never_ends_is_broken_off() -> None:
    piece = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"' + b"on and " * 100 + b'"}}]}\n\n'
    question = [UserMessage(content="Greet.", source="user")]
    async with serving([HEAD, *[piece] * 2000]) as client:
        with pytest.raises(BackendFailed, match="without an end"):
            _ = [part async for part in client.create_stream(question, extra_create_args={"max_tokens": 16})]


async def test_the_body_of_an_error_is_read_no_further_than_its_words() -> None:
    head = b"HTTP/1.1 500 X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\ntoo hot "
    async with serving([head, *[b" " * 100_000] * 200]) as client:
        with pytest.raises(BackendFailed, match="answered 500"):
            await streamed(client)


async def test_a_stop_between_two_looks_at_the_stream_ends_it() -> None:
    token, pieces = CancellationToken(), 0
    piece = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
    async with serving([HEAD, *[piece] * 2000]) as client:

        async def stopped_soon() -> None:
            nonlocal pieces
            async for _ in client.create_stream([UserMessage(content="Greet.", source="user")], cancellation_token=token):
                pieces += 1
                if pieces == 3:
                    asyncio.get_running_loop().call_later(0.03, token.cancel)

        with pytest.raises(asyncio.CancelledError):
            await stopped_soon()
    assert 3 <= pieces < 1000
