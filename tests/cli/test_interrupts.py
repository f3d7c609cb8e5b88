"""Ctrl-C while an answer is awaited: the first stops the question, the second leaves at once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
from ayllu.agents import Event, Failed, Stopped
from ayllu.cli.errors import Interrupted
from ayllu.cli.output import Output
from ayllu.cli.rendering import stream_answer


class SlowSession:
    """A question that never ends by itself; `heeds` tells whether it ends when it is stopped."""

    def __init__(self, heeds: bool) -> None:
        self._heeds = heeds
        self._stopped = asyncio.Event()
        self.stops = 0

    def stop(self) -> None:
        self.stops += 1
        if self._heeds:
            self._stopped.set()

    async def ask(self, question: str) -> AsyncIterator[Event]:
        await self._stopped.wait()
        yield Failed(question, Stopped("The answer was stopped.", hint="Ask again."), "")


@pytest.mark.parametrize(("heeds", "presses"), [(True, 1), (False, 2)])
async def test_ctrl_c_ends_the_wait_for_an_answer(heeds: bool, presses: int) -> None:
    session = SlowSession(heeds)
    for press in range(presses):
        asyncio.get_running_loop().call_later(0.1 * (press + 1), os.kill, os.getpid(), signal.SIGINT)
    async with asyncio.timeout(10):
        with pytest.raises(Interrupted):
            await stream_answer(session, "When?", Output(json=True))
    assert session.stops == presses
