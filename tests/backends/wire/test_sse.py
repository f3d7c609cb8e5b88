"""Server-sent events, whatever the packets that bring them."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from autogen_core import CancellationToken
from ayllu.backends.wire import ErrorEvent, EventReader, Stoppable, says_something

STREAM = (
    ": keep-alive\n\n"
    'data: {"text": "Grüß"}\n\n'
    "event: message\nid: 7\nretry: 10\n"
    'data:{"text": " Gott 🦙"}\r\n\r\n'
    "data:\n\n"
    'data: {"text": "data: not one of its own"}\n\n'
    "data: [DONE]\n\n"
    'data: {"text": "after the end"}\n\n'
).encode()
EVENTS = ['{"text": "Grüß"}', '{"text": " Gott 🦙"}', '{"text": "data: not one of its own"}']


async def packets(pieces: Sequence[bytes], pause_s: float = 0.0) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(pause_s)
        yield piece


async def read(reader: EventReader) -> list[str]:
    return [data.decode() async for data in reader.events()]


@pytest.mark.parametrize("size", range(1, 12))
async def test_events_are_whole_wherever_the_packets_end(size: int) -> None:
    reader = EventReader(packets([STREAM[at : at + size] for at in range(0, len(STREAM), size)]))
    assert await read(reader) == EVENTS
    assert reader.done


async def test_a_stream_cut_in_two_anywhere_reads_the_same() -> None:
    for at in range(len(STREAM)):
        assert await read(EventReader(packets([STREAM[:at], STREAM[at:]]))) == EVENTS


async def test_an_event_is_handed_out_before_the_empty_line_after_it() -> None:
    reader = EventReader(packets([b"data: 1\n", b"\n"], pause_s=0.05))
    events = reader.events()
    assert await asyncio.wait_for(anext(events), 0.09) == b"1"
    await events.aclose()


async def test_an_end_without_done_is_told_from_one_with_it() -> None:
    reader = EventReader(packets([b"data: 1\n\n", b"data: 2"]))
    assert await read(reader) == ["1"]  # a line that did not end is none
    assert not reader.done


async def test_an_error_line_is_raised_with_what_it_says() -> None:
    reader = EventReader(packets([b"data: 1\n\n", b'error: {"code": 5', b"00}\n\n"]))
    events = reader.events()
    assert await anext(events) == b"1"
    with pytest.raises(ErrorEvent) as caught:
        await anext(events)
    assert caught.value.data == b'{"code": 500}'


async def test_comments_do_not_keep_a_stream_alive_that_brings_no_event() -> None:
    comments = EventReader(packets([b": keep-alive\n\n"] * 1000, pause_s=0.01), idle_s=0.1)
    with pytest.raises(TimeoutError):
        await read(comments)
    empty = EventReader(packets([b"data: {}\n\n"] * 1000, pause_s=0.01), idle_s=0.1)
    with pytest.raises(TimeoutError):
        await read(empty)
    slow = EventReader(packets([b"data: 1\n\n"] * 8, pause_s=0.1), idle_s=0.5)  # 0.8 s in all
    async for _ in slow.events():
        slow.prolong()
    assert not slow.done


async def test_a_line_without_an_end_is_no_event() -> None:
    with pytest.raises(ValueError, match="without an end"):
        await read(EventReader(packets([b"data: " + b"x" * (1 << 20)] * 8)))


@pytest.mark.parametrize(
    ("event", "something"),
    [
        ({}, False),
        ({"model": "m", "choices": []}, False),
        ({"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}, False),
        ({"choices": [{"delta": {"content": "a"}}]}, True),
        ({"choices": [{"delta": {"reasoning_content": "hm"}}]}, True),
        ({"choices": [{"delta": {}, "finish_reason": "stop"}]}, True),
        ({"choices": [], "usage": {"prompt_tokens": 3}}, True),
        ({"error": "loading"}, True),
        ([1], True),
        ({"choices": [{"delta": "no object"}]}, True),
        ({"choices": [{"message": ["no object"]}]}, True),
    ],
)
def test_an_empty_chunk_says_nothing(event: object, something: bool) -> None:
    assert says_something(event) is something


async def test_what_comes_while_a_stream_is_gathered_arrives_at_once() -> None:
    """The reader sleeps between two looks, so a slow stream is looked at less often than it has packets."""
    looks = 0
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def server() -> None:
        for number in range(40):
            await asyncio.sleep(0.002)
            queue.put_nowait(b"data: %d\n" % number)
        queue.put_nowait(b"data: [DONE]\n")

    async def socket() -> AsyncIterator[bytes]:
        nonlocal looks
        while True:
            looks += 1
            packet = await queue.get()
            while not queue.empty():
                packet += queue.get_nowait()
            yield packet

    reader = EventReader(socket())
    reader.gathering = True
    serving = asyncio.ensure_future(server())
    assert await read(reader) == [str(number) for number in range(40)]
    assert looks < 20
    await serving


async def test_a_stop_ends_the_wait_for_a_packet() -> None:
    token = CancellationToken()
    reader = EventReader(packets([b"data: 1\n", b"data: 2\n"], pause_s=5), wait=Stoppable(token))
    asyncio.get_running_loop().call_later(0.02, token.cancel)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(read(reader), 2)
