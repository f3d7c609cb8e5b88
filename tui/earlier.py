"""What an earlier run left of a conversation: its exchanges, its questions, and what was typed or asked last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..conversations import Conversations, Exchange


@dataclass(frozen=True, slots=True)
class Earlier:
    """All oldest first. `draft` was typed and not sent; `unanswered` was sent, and cut off by the program's end."""

    exchanges: Sequence[Exchange]
    questions: Sequence[str]  # of all conversations
    draft: str
    unanswered: Sequence[str]

    @classmethod
    def of(cls, conversations: Conversations, session_id: str) -> Earlier:
        return cls(
            conversations.exchanges(session_id),
            conversations.input_history(),
            conversations.draft(session_id),
            conversations.unanswered(session_id),
        )

    @property
    def typed(self) -> str:
        """What belongs into the prompt again."""
        return self.draft or (self.unanswered[-1] if self.unanswered else "")
