"""Conversations kept, with all that led to each answer."""

from .question import check_question
from .store import Conversations, SessionInfo, StoredMessage, new_id, now

__all__ = ["Conversations", "SessionInfo", "StoredMessage", "check_question", "new_id", "now"]
