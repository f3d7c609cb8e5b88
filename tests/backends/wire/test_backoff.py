"""Pauses before an overloaded server is asked again."""

import pytest
from ayllu.backends.wire import Backoff


@pytest.mark.parametrize(
    ("chance", "least_s", "pauses"),
    [
        (1.0, 0.0, [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]),
        (0.5, 0.0, [0.25, 0.5, 1.0, 2.0, 4.0, 4.0]),
        (0.0, 3.0, [3.0] * 6),
        (1.0, 60.0, [8.0] * 6),
    ],
)
async def test_pauses_double_up_to_a_bound_and_heed_what_the_server_says(
    chance: float, least_s: float, pauses: list[float]
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    backoff = Backoff(sleep=sleep, chance=lambda: chance)
    for attempt in range(1, 7):
        await backoff.pause(attempt, least_s=least_s)
    assert slept == pauses
