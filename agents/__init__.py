"""The agents that answer, the events they speak in, and the conversations kept."""

from .answers import ABSTAINED
from .beside import READER_FOLDER, Learnt, write_learnt
from .conversations import Conversations, SessionInfo, StoredMessage
from .critic import FITTED, HOPELESS
from .events import (
    AgentStarted,
    Answer,
    AnswerReady,
    Citation,
    DraftDropped,
    Event,
    Evidence,
    EvidenceFound,
    Failed,
    Token,
    Warned,
)
from .reader import FILES as READER_FILES
from .reader import LONGEST as READER_LONGEST
from .reader import code
from .reader import open_tokenizer as open_reader_tokenizer
from .session import ChatSession, Stopped
from .span import NOTHING
from .writer import asking_prompt_of, prompt_of, tuned_prompt_of
from .writer import contexts_of as span_contexts

__all__ = [
    "ABSTAINED",
    "FITTED",
    "HOPELESS",
    "NOTHING",
    "READER_FILES",
    "READER_FOLDER",
    "READER_LONGEST",
    "AgentStarted",
    "Answer",
    "AnswerReady",
    "ChatSession",
    "Citation",
    "Conversations",
    "DraftDropped",
    "Event",
    "Evidence",
    "EvidenceFound",
    "Failed",
    "Learnt",
    "SessionInfo",
    "Stopped",
    "StoredMessage",
    "Token",
    "Warned",
    "asking_prompt_of",
    "code",
    "open_reader_tokenizer",
    "prompt_of",
    "span_contexts",
    "tuned_prompt_of",
    "write_learnt",
]
