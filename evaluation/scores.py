"""Predictions and what they score: the run's own figures come from here, and anybody can score a written file again."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import metrics
from .sets import EvalQuestion, EvalSet


@dataclass(frozen=True, slots=True)
class Prediction:
    """One line of `--predictions`."""

    id: str
    answer: str
    short: str
    kind: str
    abstained: bool
    citations: Sequence[str]  # texts of the cited passages
    evidence: Sequence[str]
    ranked: Sequence[str]  # document ids, best first
    answerable: float = 0.0  # the critic's probability


def write_predictions(path: Path, predictions: Sequence[Prediction]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(prediction)) + "\n" for prediction in predictions), "utf-8")


def read_predictions(path: Path) -> list[Prediction]:
    return [Prediction(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def score_retrieval(predictions: Sequence[Prediction], eval_set: EvalSet) -> dict[str, float]:
    """Ranking figures over the answerable questions."""
    questions = {question.id: question for question in eval_set.questions}
    judged = [(prediction.ranked, questions[prediction.id].relevant) for prediction in predictions]
    pairs = [(ranked, relevant) for ranked, relevant in judged if relevant]
    figures: dict[str, Callable[..., float]] = {
        "recall@1": lambda ranked, relevant: metrics.recall(ranked, relevant, 1),
        "recall@5": lambda ranked, relevant: metrics.recall(ranked, relevant, 5),
        "mrr@10": metrics.reciprocal_rank,
        "ndcg@10": metrics.ndcg,
        "map": metrics.average_precision,
    }
    return {name: _mean([figure(*pair) for pair in pairs]) for name, figure in figures.items()}


def score_answers(predictions: Sequence[Prediction], eval_set: EvalSet) -> dict[str, float | None]:
    """Answer figures: of the answerable questions (an abstention scores 0), and how the unanswerable ones were refused."""
    questions = {question.id: question for question in eval_set.questions}
    pairs = [(prediction, questions[prediction.id]) for prediction in predictions]
    answerable = [(prediction, question) for prediction, question in pairs if not question.impossible]
    impossible = [prediction for prediction, question in pairs if question.impossible]
    answered = [(prediction, question) for prediction, question in answerable if not prediction.abstained]

    def mean_of(figure: Callable[[str, Sequence[str]], float], text: Callable[[Prediction], str]) -> float:
        return _mean(
            [
                0.0 if prediction.abstained else figure(text(prediction), question.answers)
                for prediction, question in answerable
            ]
        )

    lengths = [metrics.answer_words(prediction.answer) for prediction, _ in answered]
    return {
        "exact_match": mean_of(metrics.exact_match, lambda prediction: prediction.short),
        "f1": mean_of(metrics.f1, lambda prediction: prediction.short),
        "contains": mean_of(metrics.contains, lambda prediction: prediction.answer),
        "answer_words": statistics.median(lengths) if lengths else 0,
        "citation_precision": _mean([_cites_answer(prediction, question) for prediction, question in answered]),
        "abstained": _mean([float(prediction.abstained) for prediction, _ in answerable]),
        "abstained_unanswerable": _mean([float(prediction.abstained) for prediction in impossible]) if impossible else None,
    }


def score_predictions(path: Path, eval_set: EvalSet) -> dict[str, Any]:
    """All figures of a predictions file: `retrieval` and `answers`."""
    predictions = read_predictions(path)
    return {"retrieval": score_retrieval(predictions, eval_set), "answers": score_answers(predictions, eval_set)}


def _cites_answer(prediction: Prediction, question: EvalQuestion) -> float:
    return float(any(metrics.contains(text, question.answers) for text in prediction.citations))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
