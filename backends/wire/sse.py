"""Server-sent events as model servers send them: the JSON of one `data:` line an event, read by bytes as packets come.

A packet ends anywhere, within a character too, but a line's JSON is whole, so nothing is decoded before a line is. A line
is handed out as soon as it ends, without waiting for the empty line after it. Comments and other fields are passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

_DONE = b"[DONE]"
_GATHER_S = 0.015  # between two looks at a stream: every wake-up takes a core from a model beside us
_AT_ONCE_S = 0.001  # a packet that took longer was waited for


class ErrorEvent(Exception):
    """An `error:` line, llama.cpp's older form of an error in a stream; `data` is what follows."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data[:200].decode("utf-8", "replace"))
        self.data = data


class EventReader:
    """The events of one stream. `packets` are its bytes; they are closed by their owner.

    `wait` awaits each packet, for whoever can be stopped. `idle_s` is how long the next event may take, however many
    comments keep the socket alive; without it only the transport's own time-outs hold.
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

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What follows `data:`, until `[DONE]` or the end of the stream.

        Raises:
            ErrorEvent: the server sent an `error:` line.
            TimeoutError: no event came within `idle_s`.
        """
        clock, rest = asyncio.get_running_loop().time, b""
        deadline = self._deadline()
        while True:
            asked_at = clock()
            packet = await self._next(deadline)
            if packet is None:
                return
            waited = clock() - asked_at > _AT_ONCE_S
            *lines, rest = (rest + packet).split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == _DONE:
                        self.done = True
                        return
                    if data:
                        yield data
                        deadline = self._deadline()
                elif line.startswith(b"error:"):
                    raise ErrorEvent(line[6:].strip())
            if waited and self.gathering:  # all that had come is read
                await asyncio.sleep(_GATHER_S)

    def _deadline(self) -> float | None:
        return asyncio.get_running_loop().time() + self._idle_s if self._idle_s is not None else None

    async def _next(self, deadline: float | None) -> bytes | None:
        packet: Awaitable[bytes | None] = anext(self._packets, None)
        if self._wait is not None:
            packet = self._wait(packet)
        if deadline is None:
            return await packet
        async with asyncio.timeout_at(deadline):
            return await packet
