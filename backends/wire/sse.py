"""Server-sent events as model servers send them: the JSON of one `data:` line an event, read by bytes as packets come.

A packet ends anywhere, within a character too, but a line's JSON is whole, so nothing is decoded before a line is. A line
is handed out as soon as it ends, without waiting for the empty line after it. Comments and other fields are passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

_DONE = b"[DONE]"
_MAX_LINE_BYTES = 4 << 20
_GATHER_S = 0.015  # between two looks at a stream: every wake-up takes a core from a model beside us
_AT_ONCE_S = 0.001  # a packet that took longer was waited for


def says_something(event: Any) -> bool:
    """Whether a chunk of a chat brings its answer on: some servers send empty ones to keep the line open."""
    if not isinstance(event, dict) or not isinstance(event.get("choices"), list):
        return bool(event)  # no chunk, but an error, or whatever its reader makes of it
    return bool(event.get("usage")) or any(map(_choice_says_something, event["choices"]))


def _choice_says_something(choice: Any) -> bool:
    if not isinstance(choice, dict) or choice.get("finish_reason"):
        return True
    words = choice.get("delta") or choice.get("message") or {}
    return not isinstance(words, dict) or any(value for name, value in words.items() if name != "role")


class ErrorEvent(Exception):
    """An `error:` line, llama.cpp's older form of an error in a stream; `data` is what follows."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data[:200].decode("utf-8", "replace"))
        self.data = data


class EventReader:
    """The events of one stream. `packets` are its bytes; they are closed by their owner.

    `wait` awaits each packet, for whoever can be stopped. `idle_s` is how long it may take until `prolong` is called,
    however many comments and empty events keep the socket alive; without it only the transport's own time-outs hold.
    """

    def __init__(
        self,
        packets: AsyncIterator[bytes],
        *,
        wait: Callable[[Awaitable[bytes | None]], Awaitable[bytes | None]] | None = None,
        idle_s: float | None = None,
    ) -> None:
        self.gathering = False  # set it while whoever waited for a packet shall let some more gather
        self.done = False  # the server said `[DONE]`
        self._packets = packets
        self._wait = wait
        self._idle_s = idle_s
        self._deadline: float | None = None

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What follows `data:`, until `[DONE]` or the end of the stream.

        Raises:
            ErrorEvent: the server sent an `error:` line.
            TimeoutError: nothing was worth a `prolong` for `idle_s`.
            ValueError: a line is too long to be an event.
        """
        clock, rest = asyncio.get_running_loop().time, b""
        self.prolong()
        while True:
            asked_at = clock()
            packet = await self._next(self._deadline)
            if packet is None:
                return
            waited = clock() - asked_at > _AT_ONCE_S
            *lines, rest = (rest + packet).split(b"\n")
            if len(rest) > _MAX_LINE_BYTES:
                raise ValueError("a line without an end")
            for line in lines:
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == _DONE:
                        self.done = True
                        return
                    if data:
                        yield data
                elif line.startswith(b"error:"):
                    raise ErrorEvent(line[6:].strip())
            if waited and self.gathering:  # all that had come is read
                await asyncio.sleep(_GATHER_S)

    def prolong(self) -> None:
        """Wait `idle_s` from now on: what came is a part of the answer."""
        if self._idle_s is not None:
            self._deadline = asyncio.get_running_loop().time() + self._idle_s

    async def _next(self, deadline: float | None) -> bytes | None:
        packet: Awaitable[bytes | None] = anext(self._packets, None)
        if self._wait is not None:
            packet = self._wait(packet)
        if deadline is None:
            return await packet
        async with asyncio.timeout_at(deadline):
            return await packet
