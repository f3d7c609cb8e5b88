"""What an answer of a model that writes prose scores, by where the right answer comes from."""

from __future__ import annotations

from collections.abc import Mapping

from ...evaluation import EvalQuestion, Gold, Origin, Prediction, prose_quality, score_question
from .likelihood import Likelihood


def score_prose(
    prediction: Prediction, question: EvalQuestion, origin: Origin, likelihoods: Mapping[str, Likelihood]
) -> float:
    """The answers of an imported set are short and stand in the text: is one of them in the answer? A person's are prose."""
    if origin == "sample":
        return score_question(prediction, Gold(question)).get("contains") or 0.0
    likelihood = likelihoods.get(question.id) if origin == "corrected" else None
    return prose_quality(prediction, question.answers[0], likelihood.mean if likelihood is not None else None)
