"""The agents that answer, and the events they speak in."""

from .asking import subject, with_history
from .events import AgentStarted, AnswerReady, DraftDropped, Event, EvidenceFound, Failed, Progress, Thought, Token, Warned
from .judging import CALIBRATION, MIN_ANSWERABLE, mark_answer
from .memory import Entry as MemoryEntry
from .memory import Memory, align, why_not_aligned, why_not_remembered
from .memory import entry_of as remembered_entry
from .prompts import prompt_texts
from .refits import Refits
from .reranking import open_model_reranking
from .second import SecondReader, precedence_beside
from .session import ChatSession, Stopped
from .teams import find_team
from .writing import ABSTAINED, load_prose_prompt
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
    "Memory",
    "MemoryEntry",
    "Progress",
    "Refits",
    "SecondReader",
    "Stopped",
    "Thought",
    "Token",
    "Warned",
    "align",
    "find_team",
    "load_inverse_prompt",
    "load_prose_prompt",
    "load_span_prompt",
    "load_tuned_prompt",
    "mark_answer",
    "open_model_reranking",
    "precedence_beside",
    "prompt_texts",
    "remembered_entry",
    "span_contexts",
    "subject",
    "why_not_aligned",
    "why_not_remembered",
    "with_history",
]
