"""What is typed and not sent: kept on disk while it is typed, and the person is told where it cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import AylluError

if TYPE_CHECKING:
    from ..app import Application, ChatOptions
    from .status import ActivityLine


class Drafts:
    """Keeps drafts. Whether one is kept, each call returns; that it is not, the person is told once."""

    def __init__(self, application: Application, options: ChatOptions, activity: ActivityLine) -> None:
        self._application = application
        self._options = options
        self._activity = activity
        self._complained = False
        self._warned = False

    async def keep(self, session_id: str | None, text: str) -> bool:
        """As the draft of a conversation; where none is open yet, beneath the draft of the one that will be."""
        if session_id is not None:
            return await self._try(lambda: self._application.conversations.save_draft(session_id, text))
        return not text.strip() or await self._try(lambda: self._add(text))

    def warn_of_loss(self, typed: str) -> bool:
        """Tell that to leave now loses what is typed, unless that has been told; whether it was told now."""
        warned = bool(typed.strip()) and not self._warned
        if warned:
            self._warned = True
            self._activity.notice("What is typed cannot be kept. Ctrl-Q again leaves without it.")
        return warned

    def _add(self, text: str) -> None:
        from ..conversations import new_id

        conversations = self._application.conversations
        latest = None if self._options.new else conversations.sessions.latest()
        session_id = self._options.session_id or latest or new_id("s")
        before = conversations.draft(session_id)
        conversations.save_draft(session_id, f"{before}\n{text}" if before else text)

    async def _try(self, save: Callable[[], None]) -> bool:
        try:
            await asyncio.to_thread(save)
        except AylluError as error:
            if not self._complained:
                self._complained = True
                self._activity.complain(error)
            return False
        self._complained = False
        return True
