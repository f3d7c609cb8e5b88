"""One question on its way through the team: what each agent leaves for the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..backends import Backend
from ..config import Settings
from ..conversations import SentPrompt
from ..retrieval import Library, Retrieved, Sentence
from .events import Event
from .judging.answerable import Signals, Verdict
from .writing.span.ranking import Ranked


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the agents work with; the same for every question of a session."""

    library: Library
    backend: Backend
    settings: Settings
    prompt: Callable[[str], str]  # by name
    passages: int  # handed to the writer
    seed: int | None

    @property
    def span_prompt(self) -> str:
        """The beginning of a span writer's prompt: with worked examples, or for a tuned model without."""
        return self.prompt("span" if self.backend.adapter is None else "tuned")

    @property
    def style(self) -> Literal["span", "prose"]:
        """Span writing needs raw completion; where a server has none, the model is asked to chat."""
        return "span" if self.backend.style == "span" and self.backend.raw is not None else "prose"


@dataclass(slots=True)
class Turn:
    """The question, and what has become of it so far."""

    question: str
    query: str  # as it is searched for: a follow-up with its subject
    collection: str
    history: Sequence[tuple[str, str]]  # (question, short answer), oldest first
    emit: Callable[[Event], None]
    began: float = field(default_factory=time.perf_counter)
    found: Retrieved | None = None
    signals: Signals | None = None
    answerable: float = 0.0  # probability
    short: str = ""
    quoted: Sequence[Sentence] = ()
    draft: str = ""  # prose, with the writer's own marks
    rewritten: bool = False
    verdict: Verdict = "abstain"
    prompts: list[SentPrompt] = field(default_factory=list)  # as sent to the model
    candidates: Sequence[Ranked] = ()
    warnings: list[str] = field(default_factory=list)  # what the person was told on the way
    first_token_s: float | None = None
    tokens: int = 0

    def brought(self) -> Retrieved:
        """What the retriever found; it runs first."""
        assert self.found is not None
        return self.found

    def again(self) -> None:
        """Forget what was written, not what was found: the question is asked of another model."""
        self.short, self.quoted, self.draft = "", (), ""
        self.rewritten, self.verdict = False, "abstain"
        self.prompts, self.candidates = [], ()
        self.first_token_s, self.tokens = None, 0

    def token_came(self) -> None:
        if self.first_token_s is None:
            self.first_token_s = time.perf_counter() - self.began
