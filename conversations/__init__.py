"""Conversations kept, with all that led to each answer."""

from .exchange import (
    Answer,
    ChatMessage,
    Citation,
    DocumentsRead,
    Elsewhere,
    Evidence,
    Exchange,
    ExchangeUnreadable,
    Kind,
    Origin,
    RawPrompt,
    Sampling,
    ScoredCandidate,
    SecondReading,
    SentPrompt,
    ShownPassage,
    Style,
    Timings,
    Unsupported,
    Withdrawn,
)
from .ids import new_id, now
from .json_numbers import finite
from .question import check_question
from .recalled import Closeness, Recalled
from .schema import SCHEMA, ConversationsDamaged, ConversationsNewer
from .sessions import SessionInfo, Sessions
from .signals import CriticRecord, JudgedSentence, RankedPassage
from .store import Conversations

__all__ = [
    "SCHEMA",
    "Answer",
    "ChatMessage",
    "Citation",
    "Closeness",
    "Conversations",
    "ConversationsDamaged",
    "ConversationsNewer",
    "CriticRecord",
    "DocumentsRead",
    "Elsewhere",
    "Evidence",
    "Exchange",
    "ExchangeUnreadable",
    "JudgedSentence",
    "Kind",
    "Origin",
    "RankedPassage",
    "RawPrompt",
    "Recalled",
    "Sampling",
    "ScoredCandidate",
    "SecondReading",
    "SentPrompt",
    "SessionInfo",
    "Sessions",
    "ShownPassage",
    "Style",
    "Timings",
    "Unsupported",
    "Withdrawn",
    "check_question",
    "finite",
    "new_id",
    "now",
]
