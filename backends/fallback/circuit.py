"""When a target of `fallback` is asked, left out, and asked again: a circuit breaker with a dwell and probes.

A target is left out as soon as a look at it fails, and comes back with the next good one. After `errors` within `window_s`
it is *tripped*: it then stays out for `dwell_s` at least, and until `probes` looks in a row were good, so that a server
that answers looks but fails at questions is not asked over and over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ...config import FallbackSettings


@dataclass(frozen=True, slots=True)
class Policy:
    """See `[backends.fallback]` in `config`."""

    errors: int = 3
    window_s: float = 60.0
    dwell_s: float = 30.0
    probes: int = 2
    check_s: float = 10.0
    check_timeout_s: float = 1.0

    @classmethod
    def from_table(cls, table: FallbackSettings) -> Policy:
        return cls(table.errors, table.window_s, table.dwell_s, table.probes, table.check_s, table.check_timeout_s)


class Circuit:
    """The record of one target. `clock` counts seconds; `reason` says what was wrong last, "" while all is well."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self._policy = policy
        self._clock = clock
        self._error_times: deque[float] = deque()
        self._tripped_at: float | None = None
        self._good_probes = 0  # in a row since it tripped
        self._seen_at: float | None = None
        self.reason = ""

    @property
    def tripped(self) -> bool:
        return self._tripped_at is not None

    @property
    def closed(self) -> bool:
        """Nothing speaks against asking it."""
        return not self.tripped and not self.reason

    @property
    def has_dwelt(self) -> bool:
        """Not tripped, or for so long that it may be tried again."""
        return self._tripped_at is None or self._clock() - self._tripped_at >= self._policy.dwell_s

    @property
    def is_fresh(self) -> bool:
        """What is recorded of it is no older than two looks."""
        return self._seen_at is not None and self._clock() - self._seen_at <= 2 * self._policy.check_s

    def record_answer(self) -> None:
        """It answered a question: no look says more."""
        self._seen_at, self._tripped_at, self.reason = self._clock(), None, ""

    def record_failure(self, reason: str) -> None:
        """It failed at a question, or at a look."""
        now = self._clock()
        self.reason, self._seen_at, self._good_probes = reason or "it failed", now, 0
        self._error_times.append(now)
        while now - self._error_times[0] > self._policy.window_s:
            self._error_times.popleft()
        if len(self._error_times) >= self._policy.errors:
            self._tripped_at = now
            self._error_times.clear()

    def record_good_look(self) -> None:
        """What was wrong is over, unless it is tripped and has to prove itself."""
        self._seen_at = self._clock()
        if self.tripped:
            self._good_probes += 1
            if self._good_probes < self._policy.probes or not self.has_dwelt:
                return
        self._tripped_at, self.reason = None, ""
