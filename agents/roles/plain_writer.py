"""The plain writer: one prompt with the passages that any writer reads and the question, and what the model makes of it."""

from __future__ import annotations

from autogen_core import CancellationToken

from ...text import safe
from ..events import AgentStarted
from ..judging import profile_of
from ..messages import Draft, Findings, Question, latest
from ..writing import as_sent, plain_messages
from .role import Role, Thread
from .seeing import choose_what_is_read
from .streaming import stream_prose


class PlainWriter(Role):
    """Findings → Draft, in prose whatever the model's own style is."""

    task = "writes from the passages, unasked to mark or to refuse"
    produces = Draft

    async def respond(self, thread: Thread, stop: CancellationToken) -> Draft:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        backend = await self._context.choose_backend()
        self._context.emit(AgentStarted(self.name, "writing"))
        await backend.start()  # settles the model, and with it the profile
        system, most = self._context.load_prompt("plain"), profile_of(backend).passages
        arranged = await choose_what_is_read(self._context, backend, system, question, retrieved, most=most)
        read = [block.read for block in arranged.blocks]
        messages = plain_messages(system, question.text, question.history, read)
        prose, first_token_s = await stream_prose(self._context, backend, messages, stop, unread=arranged.unread_share)
        return Draft(
            source=self.name,
            method="prose",
            text=prose.text,
            thought=safe(prose.thought),
            prompts=as_sent(messages),
            first_token_s=first_token_s,
            tokens=prose.tokens,
            read=tuple(block.passage for block in arranged.blocks),
        )
