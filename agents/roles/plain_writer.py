"""The plain writer: one prompt with the passages and the question, and whatever the model makes of it."""

from __future__ import annotations

from autogen_core import CancellationToken

from ...text import safe
from ..events import AgentStarted
from ..messages import Draft, Findings, Question, latest
from ..writing import as_sent, plain_messages
from .role import Role, Thread
from .streaming import stream_prose


class PlainWriter(Role):
    """Findings → Draft, in prose whatever the model's own style is."""

    task = "writes from the passages, unasked to mark or to refuse"
    produces = Draft

    async def respond(self, thread: Thread, stop: CancellationToken) -> Draft:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        backend = await self._context.choose_backend()
        self._context.emit(AgentStarted(self.name, "writing"))
        system = self._context.load_prompt("plain")
        messages = plain_messages(system, question.text, question.history, retrieved.passages)
        prose, first_token_s = await stream_prose(self._context, backend, messages, stop)
        return Draft(
            source=self.name,
            method="prose",
            text=prose.text,
            thought=safe(prose.thought),
            prompts=as_sent(messages),
            first_token_s=first_token_s,
            tokens=prose.tokens,
        )
