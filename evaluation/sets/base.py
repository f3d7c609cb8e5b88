"""What an evaluation file holds, whatever its form: documents, questions, and which documents answer which question."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import AylluError


class EvalFileError(AylluError):
    """An evaluation file that is none of the three forms, or has a bad entry."""

    kind = "eval_file"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"{where}: {what}.",
            hint='Give SQuAD JSON, JSONL of {"id", "question", "answers", "context" or "contexts"}, or a BEIR folder.',
        )


_LONG = 10  # words of a gold answer, above which it is prose to be come near to, and no phrase to be found again


@dataclass(frozen=True, slots=True)
class EvalDoc:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question. `relevant` gives the grade of each document that answers it; empty where it is impossible.

    It is answerable, or `impossible`, or so `underspecified` that it can only be asked back; what is answered in part is
    answerable.
    """

    id: str
    question: str
    answers: Sequence[str]
    relevant: Mapping[str, int]
    impossible: bool = False
    underspecified: bool = False
    history: Sequence[tuple[str, str]] = ()  # (question, answer) of the conversation before it, oldest first
    evidence: Sequence[str] = ()  # the sentences that the answer stands in, where the file names them
    unit: str = ""  # the document or conversation it belongs to: questions of one are not independent of each other

    @property
    def answerable(self) -> bool:
        return not (self.impossible or self.underspecified)


@dataclass(frozen=True, slots=True)
class EvalSet:
    documents: Sequence[EvalDoc]
    questions: Sequence[EvalQuestion]
    name: str = ""  # of the file or folder, without its path
    sha256: str = ""  # of all that was read

    @property
    def long_answers(self) -> bool:
        """Whether the gold answers are prose, by the median of their words."""
        words = [min(len(answer.split()) for answer in each.answers) for each in self.questions if each.answers]
        return bool(words) and statistics.median(words) > _LONG

    @classmethod
    def of_file(cls, path: Path, documents: Sequence[EvalDoc], questions: Sequence[EvalQuestion]) -> EvalSet:
        """What was read from `path`.

        Raises:
            EvalFileError: there is nothing to ask, or nothing to ask it of.
        """
        if not documents or not questions:
            raise EvalFileError(str(path), "there is no question in it")
        return cls(documents, questions, path.name, _digest(path))

    def sample(self, limit: int | None, seed: int) -> Sequence[EvalQuestion]:
        """`limit` questions spread over the whole file, in its order, with its shares of those that cannot be answered."""
        if limit is None or limit >= len(self.questions):
            return self.questions
        chance = random.Random(seed)
        impossible = [question for question in self.questions if question.impossible]
        underspecified = [question for question in self.questions if question.underspecified]
        shares = [round(limit * len(part) / len(self.questions)) for part in (impossible, underspecified)]
        answerable = [question for question in self.questions if question.answerable]
        chosen = {question.id for question in _spread(impossible, shares[0], chance)}
        chosen |= {question.id for question in _spread(answerable, limit - sum(shares), chance)}
        chosen |= {question.id for question in _spread(underspecified, shares[1], chance)}
        return [question for question in self.questions if question.id in chosen]


Loader = Callable[[Path], EvalSet | None]
"""Reads a file or folder of one form; `None` where it is of another. A bad entry raises `EvalFileError` with its line."""


def read_lines(path: Path, *needed: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Each entry of a JSONL file with its line, counted from 1; it has all the `needed` keys.

    Raises:
        EvalFileError: a line is no JSON object, or lacks a key.
    """
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        if line.strip():
            try:
                entry = json.loads(line)
                _ = [entry[key] for key in needed]
            except (ValueError, RecursionError, KeyError, TypeError) as error:
                raise EvalFileError(f"{path}, line {number}", f"it is not an entry ({error!r})") from error
            yield number, entry


def _spread(questions: Sequence[EvalQuestion], count: int, chance: random.Random) -> list[EvalQuestion]:
    """One from each of `count` equal stretches."""
    edges = [len(questions) * step // count for step in range(count + 1)] if count else []
    return [questions[chance.randrange(first, last)] for first, last in itertools.pairwise(edges) if first < last]


def _digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of its files' digests in the order of their names."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digests = [f"{file.relative_to(path).as_posix()} {_digest(file)}" for file in sorted(path.rglob("*")) if file.is_file()]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
