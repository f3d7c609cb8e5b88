"""One question's attempts: the loop by which it goes to the next target where one fails, the same for every caller.

    async for attempt in Attempts(backend):
        async with attempt:
            answer = await ask(await attempt.backend())
            attempt.record_answer()

The loop ends with the first attempt that raises nothing. What another backend may do better is kept for the next attempt;
what would fail everywhere (too long a prompt, a refused request) leaves the loop. So does every error after `attempt.shown`:
only what was not yet shown as final may be asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Protocol, runtime_checkable

from ...errors import AylluError, ExtraMissing
from ...models import DiskFull, PullFailed
from ..base import Backend
from ..errors import BackendFailed, BackendUnreachable
from .targets import Target, Targets

log = logging.getLogger(__name__)


@runtime_checkable
class HasTargets(Protocol):
    """A backend that asks others."""

    @property
    def targets(self) -> Targets: ...


class Attempts(AsyncIterator["Attempt"]):
    """The attempts of one question on `backend`, or on its targets.

    Raises (from the loop):
        AylluError: nobody is left, before the next attempt begins.
    """

    def __init__(self, backend: Backend | HasTargets) -> None:
        self.targets = backend.targets if isinstance(backend, HasTargets) else Targets([(backend, False)])
        self.failed: dict[str, AylluError] = {}  # by target
        self.last_error: AylluError | None = None
        self.succeeded = False
        self._repeated: set[str] = set()
        self._repeat: Target | None = None  # to be asked once more, its process having been restarted

    def __aiter__(self) -> Attempts:
        return self

    async def __anext__(self) -> Attempt:
        if self.succeeded:
            raise StopAsyncIteration
        attempt = Attempt(self)
        if self.last_error is not None:
            await attempt.backend()
        return attempt

    async def choose(self) -> Target:
        target, self._repeat = self._repeat, None
        target = target or await self.targets.choose(self.failed)
        target.questions += 1
        return target

    def goes_on(self, target: Target, error: AylluError) -> bool:
        """Whether another attempt may follow on `error`, which is recorded of `target` then."""
        if not _may_succeed_elsewhere(error):
            return False
        self.last_error = error
        if isinstance(error, BackendUnreachable) and error.again and target.name not in self._repeated:
            self._repeated.add(target.name)
            self._repeat = target
            return True
        log.warning("%s failed: %s", target.name, error.message)
        target.circuit.record_failure(error.message)
        self.failed[target.name] = error
        return True


class Attempt:
    """One attempt. Who is asked is looked for as soon as it is entered, while the caller does other things."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._choosing: asyncio.Task[Target] | None = None
        self.after = attempts.last_error  # what ended the attempt before this; None: it is the first
        self.shown = False  # a piece of the answer is with the person

    async def backend(self) -> Backend:
        """Who is asked in this attempt.

        Raises:
            AylluError: nobody is left.
        """
        return (await self._begin()).backend

    def notice(self) -> str:
        """What the person should know of who is asked now, or ""; nothing before `backend`."""
        target = self._target
        return self._attempts.targets.notice(target, self._attempts.failed) if target is not None else ""

    def record_answer(self) -> None:
        """Whoever was asked has answered."""
        if self._target is not None:
            self._target.circuit.record_answer()

    async def __aenter__(self) -> Attempt:
        self._begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        target = self._target
        if target is None:
            await self._stop_choosing()
        else:
            target.questions -= 1
        if error is None:
            self._attempts.succeeded = True
        if target is None or not isinstance(error, AylluError) or not self._attempts.goes_on(target, error):
            return False
        if self.shown:
            raise BackendUnreachable(error.message, hint=error.hint, again=True) from error
        return True

    @property
    def _target(self) -> Target | None:
        task = self._choosing
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result()

    def _begin(self) -> asyncio.Task[Target]:
        if self._choosing is None:
            self._choosing = asyncio.create_task(self._attempts.choose())
        return self._choosing

    async def _stop_choosing(self) -> None:
        if self._choosing is not None:
            self._choosing.cancel()
            await asyncio.gather(self._choosing, return_exceptions=True)


def _may_succeed_elsewhere(error: AylluError) -> bool:
    """Whether another backend may do better."""
    if isinstance(error, BackendFailed):
        return not error.everywhere
    return isinstance(error, BackendUnreachable | ExtraMissing | PullFailed | DiskFull)
