"""What `ChatSession.ask` yields: one stream of frozen events that every face reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..errors import AylluError
from ..retrieval import Passage, Retrieved

Kind = Literal["draft", "quote", "abstained"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence shown as evidence. `n` is the mark of the passage it stands in; offsets count in the source's text."""

    n: int
    source: str
    page: int | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """One passage under its mark `[n]`."""

    n: int
    source: str
    page: int | None
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as the contract's `ask` object. All text is safe for a terminal."""

    question: str
    answer: str  # all that is shown, with marks
    short: str  # its core, without quotation and marks
    kind: Kind
    evidence: Sequence[Evidence]
    citations: Sequence[Citation]  # the cited passages, by mark
    passages: Sequence[Citation]  # all shown, cited ones first
    requested_backend: str
    backend: str  # who answered
    model: str
    adapter: str | None
    message_id: str
    session_id: str
    answerable: float = 0.0  # how probable it is that the documents answer, as the critic sees it; not in the JSON
    warnings: Sequence[str] = ()
    timings: Mapping[str, float | int | None] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        return self.kind == "abstained"

    def to_json(self) -> dict[str, Any]:
        said = {**asdict(self), "abstained": self.abstained}
        del said["answerable"]  # the log has it, as it was sampled
        return said


@dataclass(frozen=True, slots=True)
class AgentStarted:
    """An agent took its turn; `note` says what it does, for the activity line."""

    agent: str
    note: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The retriever is done. `evidence` is ready to show: best sentences first, marks provisional until `AnswerReady`."""

    evidence: Sequence[Evidence]
    passages: Sequence[Passage]
    found: Retrieved


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the draft, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """What was streamed so far is withdrawn (a rewrite, a quote instead, or a restart after a crash)."""

    reason: str


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


Event = AgentStarted | EvidenceFound | Token | DraftDropped | AnswerReady | Warned | Failed
