"""Work that a cancellation token ends."""

import asyncio

import pytest
from autogen_core import CancellationToken
from ayllu.backends.wire import Stoppable


async def test_work_is_done_one_piece_after_another() -> None:
    stoppable = Stoppable(CancellationToken())
    assert [await stoppable(asyncio.sleep(0, number)) for number in range(3)] == [0, 1, 2]
    assert await Stoppable(None)(asyncio.sleep(0, "without a token")) == "without a token"


@pytest.mark.parametrize("before", [True, False])
async def test_a_cancelled_token_ends_the_work_at_hand(before: bool) -> None:
    token, ended = CancellationToken(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    stoppable = Stoppable(token)
    if before:
        token.cancel()
    else:
        asyncio.get_running_loop().call_later(0.01, token.cancel)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(stoppable(work()), 5)
    assert before or ended.is_set()
