"""Who of several backends is asked: the targets of `fallback`, looked at while a chat runs, and the tries of one question.

A question may be asked again of the next target as long as nothing of its answer was shown as final; what was only streamed
is withdrawn by the caller. What would fail everywhere (too long a prompt, a refused request) is not asked again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, runtime_checkable

from ...errors import AylluError, ExtraMissing
from ...models import DiskFull, PullFailed
from ...text import one_line
from ..base import Backend
from ..errors import BackendFailed, BackendUnreachable
from .circuit import Circuit, Policy

_IDLE_S = 300.0  # with no question for so long, nobody is looked at: a paid endpoint may want to sleep
log = logging.getLogger(__name__)


class NobodyAnswers(BackendUnreachable):
    """Every target was tried or is known to be down."""


@dataclass(slots=True)
class Target:
    """One backend with its record. `watched`: a server of its own, which a short look tells something about."""

    backend: Backend
    circuit: Circuit
    watched: bool
    asked: int = 0  # questions it is answering now

    @property
    def name(self) -> str:
        return self.backend.name


class Targets:
    """Ordered targets. `broken` holds those of them that cannot even be opened, by name, with the reason."""

    def __init__(
        self,
        backends: Sequence[tuple[Backend, bool]],
        policy: Policy | None = None,
        *,
        broken: Mapping[str, AylluError] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy or Policy()
        self._clock = clock
        self._all = [Target(backend, Circuit(self._policy, clock), watched) for backend, watched in backends]
        self._broken = broken or {}
        self._current = self._all[0]
        self._told = next(iter(self._broken), self._current.name)  # who answers, as far as the person knows
        self._asked_at = clock()
        self._watching: asyncio.Task[None] | None = None

    @property
    def backends(self) -> Sequence[Backend]:
        return [target.backend for target in self._all]

    @property
    def current(self) -> Backend:
        """Who was chosen last; before the first question, who comes first."""
        return self._current.backend

    async def pick(self, failed: Mapping[str, AylluError]) -> Target:
        """The first target that is well and not among those that `failed` at this question.

        Raises:
            AylluError: there is none; with a single target, its own error.
        """
        self._asked_at = self._clock()
        left = [target for target in self._all if target.name not in failed]
        if left and len(self._all) == 1:
            return left[0]
        self._watch()
        for target in left:
            if await self._well(target):
                self._current = target
                return target
        # A person who has just mended a server shall not wait for its dwell to end.
        healthy = await asyncio.gather(*(self._healthy(target) for target in left))
        for target, up in zip(left, healthy, strict=True):
            if up:
                self._current = target
                return target
        raise self._nobody(failed)

    def notice(self, target: Target, failed: Mapping[str, AylluError]) -> str:
        """What to tell the person about who answers: once each time it changes, else nothing."""
        if target.name == self._told:
            return ""
        before, self._told = self._told, target.name
        names = [*self._broken, *(one.name for one in self._all)]
        if before in names and names.index(target.name) < names.index(before):
            return f"{target.name} answers again."
        return f"{before}: {self._why(before, failed)}. {target.name} answers instead."

    async def close(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        for target in self._all:
            await target.backend.close()

    async def _well(self, target: Target) -> bool:
        if not target.watched:
            return target.circuit.dwelt
        if not target.circuit.fresh:
            await self._healthy(target)
        return target.circuit.closed

    async def _healthy(self, target: Target) -> bool:
        """Look at it now, and remember what was seen. One that is not watched is only known by asking it."""
        if not target.watched:
            return True
        limit_s = self._policy.check_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                health = await target.backend.health()
        except TimeoutError:
            target.circuit.failed(f"no answer to a look within {limit_s:g} s")
        except Exception as error:  # an edge: a stranger's backend must not end the watch
            log.warning("looking at %s failed", target.name, exc_info=True)
            target.circuit.failed(str(error) or type(error).__name__)
        else:
            if health.healthy:
                target.circuit.looked_well()
                return True
            target.circuit.failed(health.error or "not healthy")
        return False

    def _watch(self) -> None:
        if any(target.watched for target in self._all) and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._watch_on())

    async def _watch_on(self) -> None:
        """Look now and again; not at one that is answering, which may be too busy to be looked at."""
        while self._clock() - self._asked_at < _IDLE_S:
            await asyncio.sleep(self._policy.check_s)
            await asyncio.gather(*(self._healthy(one) for one in self._all if one.watched and not one.asked))

    def _why(self, name: str, failed: Mapping[str, AylluError]) -> str:
        error = failed.get(name) or self._broken.get(name)
        known = next((target.circuit.why for target in self._all if target.name == name), "")
        return one_line(error.message if error else known).rstrip(".") or "it is left out for now"

    def _nobody(self, failed: Mapping[str, AylluError]) -> AylluError:
        if len(self._all) == 1 and not self._broken:
            return failed[self._all[0].name]
        names = [*self._broken, *(target.name for target in self._all)]
        return NobodyAnswers(
            f"Nobody answers. {'. '.join(f'{name}: {self._why(name, failed)}' for name in names)}.",
            hint="Start one of them and ask again; `ayllu backends check` looks at each.",
        )


@runtime_checkable
class HasTargets(Protocol):
    """A backend that asks others."""

    @property
    def targets(self) -> Targets: ...


class Attempts:
    """The tries of one question. Use it as a context manager, so that it is known when a target is free again."""

    def __init__(self, backend: Backend | HasTargets) -> None:
        self._targets = backend.targets if isinstance(backend, HasTargets) else Targets([(backend, False)])
        self._failed: dict[str, AylluError] = {}
        self._repeated: set[str] = set()
        self._target: Target | None = None

    def __enter__(self) -> Attempts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    async def pick(self) -> Backend:
        """Who is asked in this try; the same until `failed`.

        Raises:
            AylluError: nobody is left.
        """
        if self._target is None:
            self._target = await self._targets.pick(self._failed)
            self._target.asked += 1
        return self._target.backend

    def notice(self) -> str:
        """What the person should know of who is asked now, or nothing."""
        return self._targets.notice(self._target, self._failed) if self._target is not None else ""

    def worked(self) -> None:
        if self._target is not None:
            self._target.circuit.worked()

    def failed(self, error: AylluError) -> None:
        """Whoever was asked failed: the next `pick` takes another, or once more the same where its process was restarted.

        Raises:
            AylluError: `error` itself, where it would come again everywhere or is nothing of a backend's.
        """
        target = self._target
        if target is None or not _elsewhere(error):
            raise error
        if isinstance(error, BackendUnreachable) and error.again and target.name not in self._repeated:
            self._repeated.add(target.name)
            return
        log.warning("%s failed: %s", target.name, error.message)
        target.circuit.failed(error.message)
        self._failed[target.name] = error
        self._leave()

    def _leave(self) -> None:
        if self._target is not None:
            self._target.asked -= 1
            self._target = None


def _elsewhere(error: AylluError) -> bool:
    """Whether another backend may do better."""
    if isinstance(error, BackendFailed):
        return not error.everywhere
    return isinstance(error, BackendUnreachable | ExtraMissing | PullFailed | DiskFull)
