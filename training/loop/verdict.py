"""The gate's word on two measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...conversations import Style
from ...evaluation import EvalSet, Gold, Guard, Origin, Outcome, Prediction, Verdict, answer_f1, judge, score_question
from .held_out import HeldOut
from .measurement import Measurement
from .prose_verdict import score_prose

MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05, "supported": 0.05, "citation_support": 0.05}


def judge_measurements(
    split: HeldOut, general: EvalSet, before: Measurement, after: Measurement, look: int, style: Style = "span"
) -> Verdict:
    """By the paired scores of the answerable held-out questions, and the guards; `general` is what must not be unlearned.

    A model that points is judged by F1; one that writes prose by its `quality`, and where all questions are of a file by
    whether its answers contain the right ones. `look`: the how many-th at mostly these questions.
    """
    questions = {question.id: question for question in split.evaluated.questions}
    later = {prediction.id: prediction for prediction in after.held_out}
    origins: Mapping[str, Origin] = {name: split.origins.get(name, "sample") for name in questions}

    def score(prediction: Prediction, measured: Measurement) -> float:
        question = questions[prediction.id]
        if style == "prose":
            return score_prose(prediction, question, origins[question.id], measured.likelihoods)
        return 0.0 if prediction.abstained else answer_f1(prediction.short, question.answers)

    outcomes = [
        Outcome(
            old.id,
            split.units.get(old.id, old.id),
            origins[old.id],
            score(old, before),
            score(later[old.id], after),
        )
        for old in before.held_out
        if not questions[old.id].impossible
    ]
    guards = _guards(split.evaluated, general, before, after, style)
    return judge(_metric(style, outcomes), outcomes, split.shares, guards, look=look)


def _metric(style: Style, outcomes: Sequence[Outcome]) -> str:
    if style == "span":
        return "f1"
    return "contains" if all(outcome.origin == "sample" for outcome in outcomes) else "quality"


def _guards(
    evaluated: EvalSet, general: EvalSet, before: Measurement, after: Measurement, style: Style
) -> Mapping[str, Guard]:
    pairs = {
        "general": _pairs(before.general, after.general, general, "f1" if style == "span" else "contains"),
        "citation_precision": _pairs(before.held_out, after.held_out, evaluated, "citation_precision"),
        "abstention": _refused(
            [*before.all_unanswerable(evaluated), *Measurement(before.general).all_unanswerable(general)],
            [*after.all_unanswerable(evaluated), *Measurement(after.general).all_unanswerable(general)],
        ),
    }
    if style == "prose":
        held_out = (before.held_out, after.held_out, evaluated)
        pairs |= {name: _pairs(*held_out, name) for name in ("supported", "citation_support")}
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
