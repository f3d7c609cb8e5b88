"""The agents that answer, and the events they speak in."""

from .answers import ABSTAINED
from .events import AgentStarted, AnswerReady, DraftDropped, Event, EvidenceFound, Failed, Token, Warned
from .judging.answerable import FITTED, HOPELESS
from .judging.learned import Learnt, write_learnt
from .roles.writer import asking_prompt_of, prompt_of, tuned_prompt_of
from .roles.writer import contexts_of as span_contexts
from .session import ChatSession, Stopped
from .writing.span.candidates import NOTHING

__all__ = [
    "ABSTAINED",
    "FITTED",
    "HOPELESS",
    "NOTHING",
    "AgentStarted",
    "AnswerReady",
    "ChatSession",
    "DraftDropped",
    "Event",
    "EvidenceFound",
    "Failed",
    "Learnt",
    "Stopped",
    "Token",
    "Warned",
    "asking_prompt_of",
    "prompt_of",
    "span_contexts",
    "tuned_prompt_of",
    "write_learnt",
]
