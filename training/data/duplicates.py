"""Questions that ask the same: in the same words, or alike in meaning and answered alike.

Meaning alone does not tell "Who founded the mill?" from "When was the mill founded?" (cosine 0.94): the answer does. So only
questions that share an answer are embedded, and most of a log has none such.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...evaluation import normalised
from ...retrieval import Embedder

_WORD = re.compile(r"\w+")
_ALIKE = 0.8  # cosine of two questions with the same answer; MiniLM gives most paraphrases 0.75 to 0.95
EVALUATED, DUPLICATE, NEAR_DUPLICATE = "also in an evaluation set", "duplicates", "near duplicates"


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """A question, and what counts as its answer."""

    question: str
    answers: Collection[str]

    @property
    def words(self) -> str:
        return " ".join(_WORD.findall(self.question.lower()))

    @property
    def normalised_answers(self) -> set[str]:
        return {normalised(answer) for answer in self.answers}

    def answered_as(self, other: PosedQuestion) -> bool:
        return not self.normalised_answers.isdisjoint(other.normalised_answers)


class Likeness:
    """Which of some questions ask the same. Without an embedder, those in the same words."""

    def __init__(self, questions: Sequence[PosedQuestion], embedder: Embedder | None) -> None:
        self._questions = questions
        self._embedder = embedder
        self._places: dict[str, list[int]] = {}
        self._answered: dict[str, list[int]] = {}
        for place, each in enumerate(questions):
            self._places.setdefault(each.words, []).append(place)
            for answer in each.normalised_answers:
                self._answered.setdefault(answer, []).append(place)
        self._vectors: dict[int, Any] = {}

    def same_words(self, first: int, others: Collection[int]) -> list[int]:
        """Which of the `others` are in the same words as the question `first`, by their places."""
        return [place for place in self._places[self._questions[first].words] if place in others]

    def alike(self, first: int, others: Collection[int]) -> list[int]:
        """Which of the `others` mean the same as the question `first`, and have the same answer."""
        if self._embedder is None:
            return []
        answers = self._questions[first].normalised_answers
        candidates = sorted({place for answer in answers for place in self._answered[answer] if place in others})
        if not candidates:
            return []
        self._embed()
        return [place for place in candidates if self._vectors[place] @ self._vectors[first] >= _ALIKE]

    def _embed(self) -> None:
        """All that share an answer, at once."""
        if self._vectors or self._embedder is None:
            return
        places = sorted({place for group in self._answered.values() if len(group) > 1 for place in group})
        vectors = self._embedder.embed_documents([self._questions[place].question for place in places])
        self._vectors = dict(zip(places, np.asarray(vectors), strict=True))


def repeated(
    questions: Sequence[PosedQuestion], avoid: Sequence[PosedQuestion], embedder: Embedder | None
) -> Mapping[int, str]:
    """Which of the `questions` are not learnt from, by their places, and why: those that are evaluated, the ones to `avoid`,
    and those that a later one repeats.
    """
    likeness = Likeness([*questions, *avoid], embedder)
    evaluated = range(len(questions), len(questions) + len(avoid))
    kept: dict[int, None] = {}
    reasons: dict[int, str] = {}
    for place in reversed(range(len(questions))):
        if likeness.same_words(place, evaluated) or likeness.alike(place, evaluated):
            reasons[place] = EVALUATED
        elif any(questions[other].answered_as(questions[place]) for other in likeness.same_words(place, kept)):
            reasons[place] = DUPLICATE
        elif likeness.alike(place, kept):
            reasons[place] = NEAR_DUPLICATE
        else:
            kept[place] = None
    return reasons
