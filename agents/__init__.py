"""The agents that answer, and the events they speak in."""

from .events import AgentStarted, AnswerReady, DraftDropped, Event, EvidenceFound, Failed, Token, Warned
from .judging import CALIBRATION, MIN_ANSWERABLE
from .reranking import open_model_reranking
from .roles import ABSTAINED
from .session import ChatSession, Stopped
from .writing import load_prose_prompt
from .writing.span import NO_ANSWER, load_inverse_prompt, load_span_prompt, load_tuned_prompt, span_contexts

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
    "load_prose_prompt",
    "load_span_prompt",
    "load_tuned_prompt",
    "open_model_reranking",
    "span_contexts",
]
