"""Conversations kept, with all that led to each answer."""

from .store import Conversations, SessionInfo, StoredMessage, new_id, now

__all__ = ["Conversations", "SessionInfo", "StoredMessage", "new_id", "now"]
