"""What an evaluation file holds, whatever its form: documents, questions, and which documents answer which question."""

from __future__ import annotations

import itertools
import json
import random
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
            hint='Give SQuAD JSON, JSONL of {"id", "question", "answers", "context"}, or a BEIR folder.',
        )


@dataclass(frozen=True, slots=True)
class EvalDoc:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question. `relevant` gives the grade of each document that answers it; empty where it is impossible."""

    id: str
    question: str
    answers: Sequence[str]
    relevant: Mapping[str, int]
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class EvalSet:
    documents: Sequence[EvalDoc]
    questions: Sequence[EvalQuestion]

    @classmethod
    def of_file(cls, path: Path, documents: Sequence[EvalDoc], questions: Sequence[EvalQuestion]) -> EvalSet:
        """What was read from `path`.

        Raises:
            EvalFileError: there is nothing to ask, or nothing to ask it of.
        """
        if not documents or not questions:
            raise EvalFileError(str(path), "there is no question in it")
        return cls(documents, questions)

    def sample(self, limit: int | None, seed: int) -> Sequence[EvalQuestion]:
        """`limit` questions spread over the whole file, in its order, with its share of unanswerable ones."""
        if limit is None or limit >= len(self.questions):
            return self.questions
        chance = random.Random(seed)
        impossible = [question for question in self.questions if question.impossible]
        share = round(limit * len(impossible) / len(self.questions))
        possible = [question for question in self.questions if not question.impossible]
        chosen = {question.id for question in _spread(impossible, share, chance)}
        chosen |= {question.id for question in _spread(possible, limit - share, chance)}
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
