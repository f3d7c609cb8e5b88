"""Conversations kept, with all that led to each answer."""

from .exchange import (
    Answer,
    ChatMessage,
    Citation,
    Evidence,
    Exchange,
    ExchangeUnreadable,
    Kind,
    Origin,
    RawPrompt,
    Sampling,
    ScoredCandidate,
    SentPrompt,
    ShownPassage,
    Style,
    Timings,
)
from .question import check_question
from .store import Conversations, ConversationsDamaged, ConversationsNewer, SessionInfo, new_id, now

__all__ = [
    "Answer",
    "ChatMessage",
    "Citation",
    "Conversations",
    "ConversationsDamaged",
    "ConversationsNewer",
    "Evidence",
    "Exchange",
    "ExchangeUnreadable",
    "Kind",
    "Origin",
    "RawPrompt",
    "Sampling",
    "ScoredCandidate",
    "SentPrompt",
    "SessionInfo",
    "ShownPassage",
    "Style",
    "Timings",
    "check_question",
    "new_id",
    "now",
]
