"""What predictions score: the run's own figures come from here, and anybody can score a written file again."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import metrics
from .predictions import Gold, Prediction, read_lines
from .sets import EvalQuestion, EvalSet

YES_NO = ("exact_match", "contains", "citation_precision", "abstained", "abstained_unanswerable", "abstained_underspecified")
_NEVER_NULL = ("exact_match", "f1", "contains", "citation_precision", "abstained")


def score_question(prediction: Prediction, gold: Gold) -> Mapping[str, float | None]:
    """All figures of one answer, None where one does not apply to it. An abstention scores 0 where there is an answer."""
    question, refused = gold.question, float(prediction.abstained)
    if not question.answerable:
        return {"abstained_underspecified" if question.underspecified else "abstained_unanswerable": refused}
    given = not prediction.abstained
    texts = (prediction.answer, prediction.short) if given else ("", "")
    answer, short = texts
    prose = given and prediction.style == "prose"
    contains = metrics.contains(answer, question.answers)
    rouge_l = metrics.rouge_l(answer, question.answers) if gold.long_answers else None
    return {
        "exact_match": metrics.exact_match(short, question.answers) if given else 0.0,
        "f1": metrics.f1(short, question.answers) if given else 0.0,
        "contains": contains,
        "rouge_l": rouge_l,
        "contains/rouge_l": contains if rouge_l is None else rouge_l,
        "citation_precision": _cites_answer(prediction, question) if given else None,
        "supported": prediction.supported if prose else None,
        "citation_support": prediction.citation_support if prose else None,
        "evidence_recall": metrics.evidence_recall(prediction.evidence, question.evidence) if question.evidence else None,
        "abstained": refused,
    }


def score_retrieval(predictions: Sequence[Prediction], eval_set: EvalSet) -> dict[str, float]:
    """Ranking figures over the answerable questions; those of the words typed where conversations stand before them."""
    questions = {question.id: question for question in eval_set.questions}
    judged = [(prediction, questions[prediction.id]) for prediction in predictions]
    pairs = [(prediction, question.relevant) for prediction, question in judged if question.answerable and question.relevant]
    figures: dict[str, Callable[..., float]] = {
        "recall@1": lambda ranked, relevant: metrics.recall(ranked, relevant, 1),
        "recall@5": lambda ranked, relevant: metrics.recall(ranked, relevant, 5),
        "hit@3": lambda ranked, relevant: metrics.hit(ranked, relevant, 3),
        "mrr@10": metrics.reciprocal_rank,
        "ndcg@10": metrics.ndcg,
        "map": metrics.average_precision,
    }
    scored = {
        name: _mean([figure(prediction.ranked, relevant) for prediction, relevant in pairs])
        for name, figure in figures.items()
    }
    if any(question.history for _, question in judged):
        scored["hit@3_typed"] = _mean([metrics.hit(_typed(prediction), relevant, 3) for prediction, relevant in pairs])
    return scored


def score_answers(predictions: Sequence[Prediction], eval_set: EvalSet) -> dict[str, float | None]:
    """Answer figures: of the answerable questions, and how the unanswerable and the underspecified ones were refused."""
    questions = {question.id: question for question in eval_set.questions}
    long_answers = eval_set.long_answers
    pairs = [(prediction, questions[prediction.id]) for prediction in predictions]
    scores = [score_question(prediction, Gold(question, long_answers)) for prediction, question in pairs]
    lengths = [
        metrics.answer_words(prediction.answer)
        for prediction, question in pairs
        if question.answerable and not prediction.abstained
    ]

    def mean_of(name: str) -> float | None:
        values = [value for each in scores if (value := each.get(name)) is not None]
        return _mean(values) if values or name in _NEVER_NULL else None

    return {
        **{name: mean_of(name) for name in ("exact_match", "f1", "contains", "rouge_l")},
        "answer_words": statistics.median(lengths) if lengths else 0,
        **{name: mean_of(name) for name in ("citation_precision", "supported", "citation_support", "evidence_recall")},
        **{name: mean_of(name) for name in ("abstained", "abstained_unanswerable", "abstained_underspecified")},
    }


def score_predictions(path: Path, eval_set: EvalSet) -> dict[str, Any]:
    """All figures of a predictions file: `retrieval` and `answers`."""
    predictions = [line.prediction for line in read_lines(path)]
    return {"retrieval": score_retrieval(predictions, eval_set), "answers": score_answers(predictions, eval_set)}


def _cites_answer(prediction: Prediction, question: EvalQuestion) -> float:
    return float(any(metrics.contains(text, question.answers) for text in prediction.citations))


def _typed(prediction: Prediction) -> Sequence[str]:
    return prediction.ranked if prediction.ranked_typed is None else prediction.ranked_typed


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
