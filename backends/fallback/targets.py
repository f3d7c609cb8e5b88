"""Who of several backends is asked: the targets of `fallback`, in order, looked at while a chat runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...errors import AylluError
from ...text import one_line
from ..base import Backend
from ..errors import BackendUnreachable
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
    questions: int = 0  # that it is answering now

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
        self._targets = [Target(backend, Circuit(self._policy, clock), watched) for backend, watched in backends]
        self._broken = broken or {}
        self._current = self._targets[0]
        self._announced = next(iter(self._broken), self._current.name)  # who answers, as far as the person knows
        self._last_question_at = clock()
        self._watching: asyncio.Task[None] | None = None

    @property
    def backends(self) -> Sequence[Backend]:
        return [target.backend for target in self._targets]

    @property
    def current(self) -> Backend:
        """Who was chosen last; before the first question, who comes first."""
        return self._current.backend

    async def choose(self, failed: Mapping[str, AylluError]) -> Target:
        """The first target that is well and not among those that `failed` at this question.

        Raises:
            AylluError: there is none; with a single target, its own error.
        """
        self._last_question_at = self._clock()
        left = [target for target in self._targets if target.name not in failed]
        if left and len(self._targets) == 1:
            return left[0]
        self._watch()
        for target in left:
            if await self._is_well(target):
                self._current = target
                return target
        # A person who has just mended a server shall not wait for its dwell to end.
        healthy = await asyncio.gather(*(self._look_at(target) for target in left))
        for target, up in zip(left, healthy, strict=True):
            if up:
                self._current = target
                return target
        raise self._nobody_answers(failed)

    def notice(self, target: Target, failed: Mapping[str, AylluError]) -> str:
        """What the person should know of who answers: once each time it changes, else ""."""
        if target.name == self._announced:
            return ""
        before, self._announced = self._announced, target.name
        names = self._names
        if before in names and names.index(target.name) < names.index(before):
            return f"{target.name} answers again."
        return f"{before}: {self._reason(before, failed)}. {target.name} answers instead."

    async def close(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        for target in self._targets:
            await target.backend.close()

    async def _is_well(self, target: Target) -> bool:
        if not target.watched:
            return target.circuit.has_dwelt
        if not target.circuit.is_fresh:
            await self._look_at(target)
        return target.circuit.closed

    async def _look_at(self, target: Target) -> bool:
        """Whether it is healthy now, which is recorded. Of one that is not watched only a question could tell."""
        if not target.watched:
            return True
        limit_s = self._policy.check_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                health = await target.backend.health()
        except TimeoutError:
            target.circuit.record_failure(f"no answer to a look within {limit_s:g} s")
        except Exception as error:  # an edge: a stranger's backend must not end the watch
            log.warning("looking at %s failed", target.name, exc_info=True)
            target.circuit.record_failure(str(error) or type(error).__name__)
        else:
            if health.healthy:
                target.circuit.record_good_look()
                return True
            target.circuit.record_failure(health.error or "not healthy")
        return False

    def _watch(self) -> None:
        if any(target.watched for target in self._targets) and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._keep_watching())

    async def _keep_watching(self) -> None:
        """Look now and again; not at one that is answering, which may be too busy to be looked at."""
        while self._clock() - self._last_question_at < _IDLE_S:
            await asyncio.sleep(self._policy.check_s)
            idle = [target for target in self._targets if target.watched and not target.questions]
            await asyncio.gather(*(self._look_at(target) for target in idle))

    @property
    def _names(self) -> Sequence[str]:
        return [*self._broken, *(target.name for target in self._targets)]

    def _reason(self, name: str, failed: Mapping[str, AylluError]) -> str:
        """Why the target `name` does not answer."""
        error = failed.get(name) or self._broken.get(name)
        recorded = next((target.circuit.reason for target in self._targets if target.name == name), "")
        return one_line(error.message if error else recorded).rstrip(".") or "it is left out for now"

    def _nobody_answers(self, failed: Mapping[str, AylluError]) -> AylluError:
        if len(self._targets) == 1 and not self._broken:
            return failed[self._targets[0].name]
        return NobodyAnswers(
            f"Nobody answers. {'. '.join(f'{name}: {self._reason(name, failed)}' for name in self._names)}.",
            hint="Start one of them and ask again; `ayllu backends check` looks at each.",
        )
