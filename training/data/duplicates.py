"""Questions that ask the same: in the same words, or alike in meaning and answered alike.

Meaning alone does not tell "Who founded the mill?" from "When was the mill founded?" (cosine 0.94): the answer does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...evaluation import normalised
from ...retrieval import Embedder

_WORD = re.compile(r"\w+")
_ALIKE = 0.8  # cosine of two questions with the same answer; MiniLM gives most paraphrases 0.75 to 0.95


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """A question, and what counts as its answer."""

    question: str
    answers: Collection[str]

    @property
    def words(self) -> str:
        return " ".join(_WORD.findall(self.question.lower()))

    def answered_as(self, other: PosedQuestion) -> bool:
        own = {normalised(answer) for answer in self.answers}
        return any(normalised(answer) in own for answer in other.answers)


class Likeness:
    """Which of some questions ask the same. Without an embedder, those in the same words."""

    def __init__(self, questions: Sequence[PosedQuestion], embedder: Embedder | None) -> None:
        self._questions = questions
        self._places: dict[str, list[int]] = {}
        for place, each in enumerate(questions):
            self._places.setdefault(each.words, []).append(place)
        self._vectors: Any = None
        if embedder is not None and questions:
            self._vectors = np.asarray(embedder.embed_documents([each.question for each in questions]))

    def same_words(self, first: int, others: Collection[int]) -> list[int]:
        """Which of the `others` are in the same words as the question `first`, by their places."""
        return [place for place in self._places[self._questions[first].words] if place in others]

    def alike(self, first: int, others: Collection[int]) -> list[int]:
        """Which of the `others` mean the same as the question `first`, and have the same answer."""
        if self._vectors is None or not others:
            return []
        cosines = self._vectors @ self._vectors[first]
        near = [place for place in others if cosines[place] >= _ALIKE]
        return [place for place in near if self._questions[place].answered_as(self._questions[first])]
