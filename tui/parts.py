"""What the chat is handed: everything opened elsewhere, so that it composes nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..agents import ChatSession
    from ..backends import Backend
    from ..config import Settings
    from ..conversations import Conversations
    from ..feedback import FeedbackLog
    from ..retrieval import Library


@dataclass(frozen=True, slots=True)
class ChatParts:
    """`sample`: the library is empty and the sample documents are asked. `close` ends what runs on the program's loop."""

    library: Library
    backend: Backend
    conversations: Conversations
    feedback: FeedbackLog
    settings: Settings
    collection: str
    sample: bool
    session: ChatSession
    new_session: Callable[[], ChatSession]
    close: Callable[[], Awaitable[None]]
    learnt: Callable[[], int]  # corrections there were at the last learning
    improve: Sequence[str]  # the command that learns, in a process of its own


Announce = Callable[[str], None]
OpenParts = Callable[[Announce], ChatParts]
