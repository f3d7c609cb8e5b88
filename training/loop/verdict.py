"""The gate's word on two measurements."""

from __future__ import annotations

from collections.abc import Mapping

from ...evaluation import EvalSet, Guard, Prediction, Verdict, answer_f1, judge, score_answers
from .measurement import Measurement, share_refused

MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05}


def judge_measurements(evaluated: EvalSet, general: EvalSet, before: Measurement, after: Measurement, seed: int) -> Verdict:
    """By the paired F1 of the answerable held-out questions, and the guards; `general` is what must not be unlearned."""
    questions = {question.id: question for question in evaluated.questions}
    answerable = [prediction for prediction in before.held_out if not questions[prediction.id].impossible]
    later = {prediction.id: prediction for prediction in after.held_out}

    def score(prediction: Prediction) -> float:
        return 0.0 if prediction.abstained else answer_f1(prediction.short, questions[prediction.id].answers)

    old = [score(prediction) for prediction in answerable]
    new = [score(later[prediction.id]) for prediction in answerable]
    old_exact, new_exact = ([f1 == 1.0 for f1 in scores] for scores in (old, new))
    return judge("f1", old, new, old_exact, new_exact, _guards(evaluated, general, before, after), seed)


def _guards(evaluated: EvalSet, general: EvalSet, before: Measurement, after: Measurement) -> Mapping[str, Guard]:
    unlearned = [score_answers(measurement.general, general)["f1"] for measurement in (before, after)]
    cited = [score_answers(measurement.held_out, evaluated)["citation_precision"] for measurement in (before, after)]
    refused = [
        share_refused(
            [*measurement.all_unanswerable(evaluated), *Measurement(measurement.general).all_unanswerable(general)]
        )
        for measurement in (before, after)
    ]
    pairs = {"general": unlearned, "citation_precision": cited, "abstention": refused}
    return {name: Guard(old, new, MARGINS[name]) for name, (old, new) in pairs.items()}
