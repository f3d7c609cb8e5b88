"""What `ChatSession.ask` yields: one stream of frozen events that every face reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..conversations import Answer, Evidence
from ..errors import AylluError
from ..retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class AgentStarted:
    """An agent took its turn; `note` says what it does, for the activity line."""

    agent: str
    note: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The retriever is done. `evidence` is ready to show: best sentences first, marks provisional until `AnswerReady`."""

    evidence: Sequence[Evidence]
    retrieved: Retrieved


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the draft, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of what the model thinks aloud before it answers: no part of the draft."""

    text: str


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """What was streamed so far is withdrawn (nothing in it is supported, or it was begun by a backend that failed)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a reading that takes long, `done` of `total` parts are read; `note` says which is read now, for a line."""

    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class AnswerReady:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Warned:
    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The question could not be answered; `partial` is what had been written. The face gives the question back."""

    question: str
    error: AylluError
    partial: str = ""


Event = AgentStarted | EvidenceFound | Thought | Token | DraftDropped | Progress | AnswerReady | Warned | Failed
Emit = Callable[[Event], None]
