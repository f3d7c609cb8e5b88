"""The agents that answer, and the events they speak in."""

from .answers import ABSTAINED
from .events import AgentStarted, AnswerReady, DraftDropped, Event, EvidenceFound, Failed, Token, Warned
from .judging.answerable import CALIBRATION, MIN_ANSWERABLE
from .roles.writer import contexts_of as span_contexts
from .roles.writer import load_inverse_prompt, load_span_prompt, load_tuned_prompt
from .session import ChatSession, Stopped
from .writing.span.candidates import NO_ANSWER

__all__ = [
    "ABSTAINED",
    "CALIBRATION",
    "MIN_ANSWERABLE",
    "NO_ANSWER",
    "AgentStarted",
    "AnswerReady",
    "ChatSession",
    "DraftDropped",
    "Event",
    "EvidenceFound",
    "Failed",
    "Stopped",
    "Token",
    "Warned",
    "load_inverse_prompt",
    "load_span_prompt",
    "load_tuned_prompt",
    "span_contexts",
]
