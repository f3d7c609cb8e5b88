"""The model that answers: another that was chosen meanwhile takes its place between two questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..app import Application, Chat, ModelFollower
from .status import ActivityLine, StatusLine

if TYPE_CHECKING:
    from ..agents import ChatSession


class ModelInUse:
    """Before each question `follow` gives the conversation, asked of the model that the settings name then."""

    def __init__(self, application: Application, status: StatusLine, activity: ActivityLine) -> None:
        self._application = application
        self._status = status
        self._activity = activity
        self._chat: Chat | None = None  # until all is open
        self._follower: ModelFollower | None = None  # likewise

    def begin(self, chat: Chat) -> None:
        self._chat, self._follower = chat, ModelFollower(self._application)
        self._status.show(chat)

    async def follow(self, session: ChatSession) -> ChatSession:
        model = await self._follower.follow(self._activity.notice) if self._follower is not None else ""
        if not model or self._chat is None:
            return session
        self._status.show(self._chat)
        self._activity.notice(f"{model} answers from now on.")
        return self._chat.kept_session(session.session_id)
