"""The gate's word on two measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...evaluation import EvalSet, Gold, Guard, Outcome, Prediction, Verdict, answer_f1, judge, score_question
from .held_out import HeldOut
from .measurement import Measurement

MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05}


def judge_measurements(split: HeldOut, general: EvalSet, before: Measurement, after: Measurement, look: int) -> Verdict:
    """By the paired F1 of the answerable held-out questions, and the guards; `general` is what must not be unlearned.

    `look`: the how many-th at mostly these questions.
    """
    questions = {question.id: question for question in split.evaluated.questions}
    later = {prediction.id: prediction for prediction in after.held_out}

    def score(prediction: Prediction) -> float:
        return 0.0 if prediction.abstained else answer_f1(prediction.short, questions[prediction.id].answers)

    outcomes = [
        Outcome(
            old.id, split.units.get(old.id, old.id), split.origins.get(old.id, "sample"), score(old), score(later[old.id])
        )
        for old in before.held_out
        if not questions[old.id].impossible
    ]
    return judge("f1", outcomes, split.shares, _guards(split.evaluated, general, before, after), look=look)


def _guards(evaluated: EvalSet, general: EvalSet, before: Measurement, after: Measurement) -> Mapping[str, Guard]:
    pairs = {
        "general": _pairs(before.general, after.general, general, "f1"),
        "citation_precision": _pairs(before.held_out, after.held_out, evaluated, "citation_precision"),
        "abstention": _refused(
            [*before.all_unanswerable(evaluated), *Measurement(before.general).all_unanswerable(general)],
            [*after.all_unanswerable(evaluated), *Measurement(after.general).all_unanswerable(general)],
        ),
    }
    return {name: Guard.of_pairs(*sides, MARGINS[name]) for name, sides in pairs.items()}


def _pairs(
    before: Sequence[Prediction], after: Sequence[Prediction], evaluated: EvalSet, figure: str
) -> tuple[list[float], list[float]]:
    """The figure of each question that has it on both sides."""
    questions = {question.id: question for question in evaluated.questions}
    later = {prediction.id: prediction for prediction in after}
    sides = [
        tuple(score_question(side, Gold(questions[old.id])).get(figure) for side in (old, later[old.id])) for old in before
    ]
    pairs = [(old, new) for old, new in sides if old is not None and new is not None]
    return [old for old, _ in pairs], [new for _, new in pairs]


def _refused(before: Sequence[Prediction], after: Sequence[Prediction]) -> tuple[list[float], list[float]]:
    later = {prediction.id: prediction.abstained for prediction in after}
    return [float(old.abstained) for old in before], [float(later[old.id]) for old in before]
