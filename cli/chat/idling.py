"""Between two lines of the chat: while nobody writes, the probe finds out how the model is asked."""

from __future__ import annotations

import asyncio
import logging

from ...app import IdleProbing
from ..context import CommandContext

log = logging.getLogger(__name__)


class Idling:
    """Called whenever the next line of stdin, `file`, has to be waited for. Before `begin` that is no time to probe."""

    def __init__(self, command: CommandContext, file: int | None) -> None:
        self._command = command
        self._file = file
        self._arrived = asyncio.Event()
        self._probing: IdleProbing | None = None

    def begin(self) -> None:
        """The chat is open."""
        note = self._command.output.note
        self._probing = IdleProbing(self._command.app, lambda: self._arrived.is_set(), note)

    def __call__(self) -> None:
        if self._probing is not None and self._file is not None:
            self._command.app.run(self._wait(self._probing, self._file))

    async def _wait(self, probing: IdleProbing, file: int) -> None:
        """Until there is something to read, or the end."""
        loop, self._arrived = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(file, self._arrived.set)
        except (OSError, NotImplementedError):  # a file on disk never lets anybody wait
            return
        work = asyncio.create_task(probing.run())
        try:
            await self._arrived.wait()
        finally:
            loop.remove_reader(file)
            work.cancel()
            await asyncio.wait([work])
        if not work.cancelled() and (error := work.exception()) is not None:
            log.warning("the probe of an idle chat failed", exc_info=error)
