"""The plain editor: the draft is the answer, and the passages that the model was given are its sources."""

from __future__ import annotations

from autogen_core import CancellationToken

from ...text import safe
from ..messages import Draft, Reply, latest
from .role import Role, Thread


class PlainEditor(Role):
    """Draft → Reply."""

    task = "passes the draft on as it is"
    produces = Reply

    async def respond(self, thread: Thread, stop: CancellationToken) -> Reply:
        draft = latest(thread, Draft)
        text = safe(draft.text).strip()
        return Reply(source=self.name, text=text, short=text, kind="draft", cited=draft.read)
