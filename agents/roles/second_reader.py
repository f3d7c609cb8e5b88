"""The second reader's turn: a short answer by another model, where the draft is prose and one fact was asked for."""

from __future__ import annotations

from autogen_core import CancellationToken

from ...text import one_line
from ..asking import wants_short
from ..events import AgentStarted
from ..messages import Findings, PhraseRead, Verdict, latest
from ..second import Reading, precedence_beside
from .role import Role, Thread

_TITLE = "second reader"


class PhraseReader(Role):
    """Draft → PhraseRead. It comes after the draft, so that two models do not slow each other down."""

    task = "reads the passages too, and copies the phrase that answers"
    produces = PhraseRead

    async def respond(self, thread: Thread, stop: CancellationToken) -> PhraseRead:
        return PhraseRead(source=self.name, reading=await self._read(thread))

    async def _read(self, thread: Thread) -> Reading | None:
        context, retrieved = self._context, latest(thread, Findings).retrieved
        reader = context.second_reader
        if reader is None or latest(thread, Verdict).method != "prose" or not wants_short(retrieved.query):
            return None
        backend = await context.choose_backend()
        if precedence_beside(backend, retrieved.query) == "alone":
            return None
        context.emit(AgentStarted(_TITLE, "reading the same passages"))
        taken_s = context.elapsed_s()
        reading = await reader.read(retrieved.query, retrieved, context.library, context.load_prompt, taken_s=taken_s)
        note = f"reads “{one_line(reading.phrase)}”" if reading else one_line(reader.failure) or "finds no phrase"
        context.emit(AgentStarted(_TITLE, note))
        return reading
