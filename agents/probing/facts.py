"""What a model and the second reader each make of the same short facts, over the bundled passages as a search finds them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from ...models import FactKind
from ...retrieval import Document, Embedder, Library, Parsed, Retrieved
from ..asking import fact_kind
from ..second import Agreement, Reading, SecondReader, compare_readings, is_sure

_COLLECTION = "probe"
_PASSAGES = 12  # of these short ones: about as much text as a question is answered from, most of it about something else
_LONG_S = 2_400.0  # an answer that takes so long has the second reader waited for; here nobody waits


@dataclass(frozen=True, slots=True)
class Fact:
    """A question that one fact answers."""

    question: str
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one fact: which of both readings hold it."""

    kind: FactKind
    drafted: bool
    read: bool
    agreement: Agreement | None  # None: the second reader had no phrase that it was sure of


class FactReader:
    """The second reader over the bundled passages, in a library of their own that is gone when this is closed."""

    def __init__(self, reader: SecondReader, embedder: Embedder, load_prompt: Callable[[str], str]) -> None:
        self._reader = reader
        self._embedder = embedder
        self._load_prompt = load_prompt
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._library: Library | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._library is not None:
            self._library.close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def failure(self) -> str:
        """Why it did not read what it was asked last; empty where it did."""
        return self._reader.failure

    def retrieve(self, question: str, texts: Sequence[str]) -> Retrieved:
        """Of `texts`, always the same, those nearest to the question."""
        return self._opened(texts).retrieve(question, k=_PASSAGES, collection=_COLLECTION)

    async def read(self, question: str, retrieved: Retrieved) -> str:
        """The phrase that it would put before a draft; empty where there is none."""
        assert self._library is not None  # it was retrieved from
        reading: Reading | None = await self._reader.read(
            question, retrieved, self._library, self._load_prompt, taken_s=_LONG_S
        )
        return reading.phrase if reading is not None and is_sure(reading.share) else ""

    def compare(self, fact: Fact, draft: str, phrase: str) -> Comparison:
        assert self._library is not None
        agreement = compare_readings(phrase, draft, self._library) if phrase else None
        return Comparison(fact_kind(fact.question), contains(draft, fact.answers), contains(phrase, fact.answers), agreement)

    def _opened(self, texts: Sequence[str]) -> Library:
        if self._library is None:
            self._folder = tempfile.TemporaryDirectory(prefix="ayllu-probe-")
            self._library = Library.open(Path(self._folder.name), self._embedder)
            with self._library.writing():
                self._library.add(
                    Document(_COLLECTION, f"notes-{n}.md", "probe", Parsed(text, "text/plain"))
                    for n, text in enumerate(texts, start=1)
                )
        return self._library


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether one of `answers` stands in it."""
    return any(answer.casefold() in text.casefold() for answer in answers)
