"""Finding out how the model of a chat is asked, while nobody asks it anything.

Only of a model on this machine, of which nothing is known yet. As soon as the person does something, the question that is
being asked is broken off; those answered before it are kept, and the next quiet time goes on there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext
from time import monotonic
from typing import TYPE_CHECKING

from ..errors import AylluError
from .second_reader import fact_reader

if TYPE_CHECKING:
    from autogen_core import CancellationToken

    from ..agents.probing import ProbeReport
    from .application import Application

_IDLE_S = 30.0
_LOOK_S = 0.25  # between two looks at what the person does
log = logging.getLogger(__name__)


class IdleProbing:
    """`look` gives what changes when the person does something, and None while they wait for something."""

    def __init__(
        self,
        application: Application,
        look: Callable[[], object],
        tell: Callable[[str], None],
        *,
        idle_s: float = _IDLE_S,
        look_s: float = _LOOK_S,
    ) -> None:
        """`tell` is told what was found."""
        self._application = application
        self._look = look
        self._tell = tell
        self._idle_s = idle_s
        self._look_s = look_s
        self._finished: set[str] = set()  # models of which nothing is left to be found out, or nothing can be

    async def run(self) -> None:
        """Until it is cancelled."""
        seen, since = self._look(), monotonic()
        while True:
            await asyncio.sleep(self._look_s)
            if (now := self._look()) is None or now != seen:
                seen, since = now, monotonic()
            elif monotonic() - since >= self._idle_s and self._is_wanted():
                await self._probe_while(seen)
                since = monotonic()

    def _is_wanted(self) -> bool:
        from ..backends import answers_here

        try:
            settings = self._application.settings
        except AylluError:  # the file is broken at the moment; whoever asks next is told so
            return False
        return (
            settings.agents.probe == "auto"
            and answers_here(settings)
            and self._application.backend.model not in self._finished
        )

    async def _probe_while(self, seen: object) -> None:
        """As long as the person does nothing else than what was seen."""
        from autogen_core import CancellationToken

        stop, model = CancellationToken(), self._application.backend.model
        work = asyncio.create_task(self._probe(stop))
        try:
            while not work.done():
                await asyncio.wait([work], timeout=self._look_s)
                if self._look() != seen:
                    stop.cancel()
        finally:  # the chat may end meanwhile
            stop.cancel()
            work.cancel()
            await asyncio.wait([work])
        if work.cancelled():
            return
        self._finished.add(model)
        if (report := work.result()) is not None:
            self._tell(f"{report.model}: {report.words}")

    async def _probe(self, stop: CancellationToken) -> ProbeReport | None:
        """None where there is nothing to be found out of the model that answers, or it failed."""
        from ..agents.probing import Probe, needs_probe
        from ..backends import Attempts

        application = self._application
        profiles, prompts = application.models.profiles, application.paths.prompts
        try:
            async for attempt in Attempts(application.backend):
                async with attempt:
                    backend = await attempt.backend()
                    if not needs_probe(backend):
                        return None
                    with fact_reader(application) or nullcontext() as second:
                        report = await Probe(backend, profiles, prompts, second=second, stop=stop).run()
                    attempt.record_answer()
                    return report
        except AylluError as error:
            error.log_once(log)
        except Exception:  # an edge: the chat goes on, whatever becomes of the probe
            log.warning("the probe of an idle chat failed", exc_info=True)
        return None
