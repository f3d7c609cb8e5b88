"""Waiting before asking an overloaded server again: bounded, doubling, with full jitter (Brooker, AWS, 2015)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """At most `tries` requests; between them up to `first_s`, then twice that, and never more than `most_s`.

    `sleep` and `chance` (0 to 1) are passed in by tests.
    """

    tries: int = 5
    first_s: float = 0.5
    most_s: float = 8.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    async def pause(self, after: int, *, least_s: float = 0.0) -> None:
        """Wait after the request number `after` (from 1) failed, `least_s` if the server said so, within the bound."""
        longest = min(self.first_s * 2 ** (after - 1), self.most_s)
        await self.sleep(min(max(self.chance() * longest, least_s), self.most_s))
