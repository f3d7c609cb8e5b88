"""The archivist: what the person said of earlier answers, before anybody writes a new one."""

from __future__ import annotations

import asyncio
import logging

from autogen_core import CancellationToken

from ...errors import AylluError
from ..events import AgentStarted
from ..messages import Findings, Question, Recalling, latest
from .role import Role, Thread

log = logging.getLogger(__name__)


class Archivist(Role):
    """Findings → Recalling. Without a memory it passes the question on."""

    task = "remembers what was said of earlier answers"
    produces = Recalling

    async def respond(self, thread: Thread, stop: CancellationToken) -> Recalling:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        memory = self._context.corrections
        if memory is None:
            return Recalling(source=self.name, decision="unknown")
        try:
            recollection = await asyncio.to_thread(
                memory.recall, question.text, self._context.library, question.collections, retrieved
            )
        except AylluError as error:  # then it is answered without
            error.log_once(log)
            self._context.warn_once(f"{error.message} What you said of earlier answers is not looked at. {error.hint}")
            return Recalling(source=self.name, decision="unknown")
        for each in (recollection.given, *recollection.near):
            if each is not None:
                self._context.emit(AgentStarted(self.name, each.recalled.note))
        decision = "unknown" if recollection.given is None else "recalled"
        return Recalling(source=self.name, decision=decision, recollection=recollection)
