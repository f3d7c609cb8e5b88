"""What is asked of a model, and what it answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...adapters import PinnedAdapter
from ...evaluation import EvalQuestion, EvalSet, Prediction, score_answers
from ..data import Correction
from .likelihood import Likelihood


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """The base with an adapter in both forms, or untuned."""

    pinned: PinnedAdapter
    peft: Path | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions `held_out` (of `evaluated`, with its documents), and those that cannot be answered (of `unanswerable`).
    `corrections` are those that the held-out questions are made of. `oracle`: whether some are asked again with the right
    passage given.
    """

    evaluated: EvalSet
    held_out: Sequence[EvalQuestion]
    corrections: Sequence[Correction]
    unanswerable: EvalSet
    oracle: bool = False

    def part(self, names: Collection[str]) -> Questions:
        """Those made of these events alone, over the same documents."""
        unanswerable = [question for question in self.unanswerable.questions if question.id in names]
        return Questions(
            self.evaluated,
            [question for question in self.held_out if question.id in names],
            [correction for correction in self.corrections if correction.event_id in names],
            EvalSet(self.unanswerable.documents, unanswerable),
            self.oracle,
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one model answered and, of the held-out corrections, how likely it finds the right answers."""

    held_out: Sequence[Prediction] = ()
    unanswerable: Sequence[Prediction] = ()  # to questions whose answers are missing
    oracle: Sequence[Prediction] = ()
    general: Sequence[Prediction] = ()
    likelihoods: Mapping[str, Likelihood] = field(default_factory=dict)  # by question

    def __add__(self, other: Measurement) -> Measurement:
        return Measurement(
            [*self.held_out, *other.held_out],
            [*self.unanswerable, *other.unanswerable],
            [*self.oracle, *other.oracle],
            [*self.general, *other.general],
            {**self.likelihoods, **other.likelihoods},
        )

    @property
    def _answer_logprob(self) -> float | None:
        return sum(self.likelihoods.values(), Likelihood()).mean

    def f1(self, evaluated: EvalSet) -> float:
        """Of the held-out questions; refused ones count 0."""
        return float(score_answers(self.held_out, evaluated)["f1"] or 0.0)

    def all_unanswerable(self, evaluated: EvalSet) -> list[Prediction]:
        """To all questions that cannot be answered, those of the file itself included."""
        impossible = {question.id for question in evaluated.questions if question.impossible}
        return [*self.unanswerable, *(prediction for prediction in self.held_out if prediction.id in impossible)]

    def figures(self, evaluated: EvalSet) -> dict[str, float | None]:
        """Of the held-out questions; `oracle_f1` of a sample where that was asked; `answer_logprob` a token."""
        figures = {**score_answers(self.held_out, evaluated), "oracle_f1": None, "answer_logprob": self._answer_logprob}
        figures["abstained_unanswerable"] = share_refused(self.all_unanswerable(evaluated))
        if self.oracle:
            figures["oracle_f1"] = score_answers(self.oracle, evaluated)["f1"]
        return rounded(figures)


def share_refused(predictions: Sequence[Prediction]) -> float | None:
    """The share that was not answered."""
    return sum(prediction.abstained for prediction in predictions) / len(predictions) if predictions else None


def rounded(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {name: round(value, 4) if value is not None else None for name, value in figures.items()}
