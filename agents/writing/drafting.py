"""A draft as it comes from a model, piece by piece: its thought parted from it, and ended where it should have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autogen_core.models import CreateResult

from ...backends import Reading, ResultWithNotices, as_written
from .endings import DraftEnding, cut_ending
from .thinking import ThoughtSplitter, split_thought

MOST_TOKENS = 4_096  # where nobody said how many
_CHARACTERS_A_TOKEN = 12  # above what any language takes
_SLACK = 1_000  # characters


@dataclass(frozen=True, slots=True)
class Prose:
    """What a model wrote and what it thought before, how many tokens that took, and what the person should know of it."""

    text: str
    tokens: int
    notices: tuple[str, ...] = ()
    thought: str = ""
    prompt_tokens: int = 0  # where the server says
    reading: Reading | None = None  # how the prompt was read, where the server measures it


class Listener(Protocol):
    """Who hears a model write."""

    def on_text(self, piece: str) -> None: ...

    def on_thought(self, piece: str) -> None: ...

    def on_taken_back(self) -> None:
        """All that came as text so far was thought."""


class DraftWriting:
    """`max_tokens` were asked for: a model that writes far more has not listened."""

    def __init__(self, listener: Listener, max_tokens: int) -> None:
        self._listener = listener
        self._max_tokens = max_tokens
        self._left = max_tokens * _CHARACTERS_A_TOKEN + _SLACK
        self._splitter = ThoughtSplitter()
        self._ending = DraftEnding()
        self._pieces = 0
        self._notices: list[str] = []

    def add(self, piece: str) -> bool:
        """Take the next piece; False: nothing more is wanted."""
        self._pieces += 1
        self._left -= len(piece)
        for part in self._splitter.add(piece):
            self._hear(part.kind, part.text)
        if self._left < 0 and not self._ending.ended:
            self._notices.append(f"The model wrote on past {self._max_tokens} tokens, and was stopped there.")
            self._write(self._ending.end())
        return not self._ending.ended

    def finish(self, result: CreateResult | None = None) -> Prose:
        """`result`: with which the model ended; None where it was stopped. Then a piece counts as a token."""
        text, thought = self._streamed()
        tokens = self._pieces
        if result is not None:
            tokens = result.usage.completion_tokens
            if isinstance(result.content, str) and not self._ending.notice:
                text, other = split_thought(result.content)
                text = cut_ending(text)[0]
                thought = thought or other or (result.thought or "").strip()
            if result.finish_reason == "length":
                self._notices.append(self._cut_off(text))
        if self._ending.notice:
            self._notices.append(self._ending.notice)
        own, reading = (result.notices, result.reading) if isinstance(result, ResultWithNotices) else ((), None)
        read = result.usage.prompt_tokens if result is not None else 0
        return Prose(as_written(text), tokens, (*own, *self._notices), as_written(thought), read, reading)

    def _streamed(self) -> tuple[str, str]:
        for part in self._splitter.finish():
            self._hear(part.kind, part.text)
        self._write(self._ending.end())
        return self._ending.text.strip(), self._splitter.thought.strip()

    def _hear(self, kind: str, text: str) -> None:
        match kind:
            case "answer":
                self._write(self._ending.add(text))
            case "thought":
                self._listener.on_thought(as_written(text))
            case _:
                if self._ending.text:
                    self._listener.on_taken_back()
                self._ending = DraftEnding()

    def _write(self, text: str) -> None:
        if text:
            self._listener.on_text(as_written(text))

    def _cut_off(self, text: str) -> str:
        what = "The answer was cut off" if text else "The model only thought, and came to no answer, when it was cut off"
        return f"{what} after {self._max_tokens} tokens: `agents.max_tokens` allows more."
