"""Predictions and what they score: the run's own figures come from here, and anybody can score a written file again."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import metrics
from .sets.files import EvalQuestion, EvalSet


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


def write(path: Path, predictions: Sequence[Prediction]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in predictions), "utf-8")


def read(path: Path) -> list[Prediction]:
    return [Prediction(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def score_retrieval(predictions: Sequence[Prediction], whole: EvalSet) -> dict[str, float]:
    """Ranking figures over the answerable questions."""
    asked = {one.id: one for one in whole.questions}
    pairs = [(one.ranked, asked[one.id].relevant) for one in predictions if asked[one.id].relevant]
    figures: dict[str, Callable[..., float]] = {
        "recall@1": lambda ranked, relevant: metrics.recall(ranked, relevant, 1),
        "recall@5": lambda ranked, relevant: metrics.recall(ranked, relevant, 5),
        "mrr@10": metrics.reciprocal_rank,
        "ndcg@10": metrics.ndcg,
        "map": metrics.average_precision,
    }
    return {name: _mean([figure(*pair) for pair in pairs]) for name, figure in figures.items()}


def score_answers(predictions: Sequence[Prediction], whole: EvalSet) -> dict[str, float | None]:
    """Answer figures: of the answerable questions (an abstention scores 0), and how the unanswerable ones were refused."""
    asked = {one.id: one for one in whole.questions}
    answerable = [(one, asked[one.id]) for one in predictions if not asked[one.id].impossible]
    impossible = [one for one in predictions if asked[one.id].impossible]
    given = [(one, question) for one, question in answerable if not one.abstained]

    def scored(figure: Callable[[str, Sequence[str]], float], text: Callable[[Prediction], str]) -> float:
        return _mean([0.0 if one.abstained else figure(text(one), question.answers) for one, question in answerable])

    return {
        "exact_match": scored(metrics.exact_match, lambda one: one.short),
        "f1": scored(metrics.f1, lambda one: one.short),
        "contains": scored(metrics.contains, lambda one: one.answer),
        "answer_words": statistics.median([metrics.answer_words(one.answer) for one, _ in given]) if given else 0,
        "citation_precision": _mean([_cites(one, question) for one, question in given]),
        "abstained": _mean([float(one.abstained) for one, _ in answerable]),
        "abstained_unanswerable": _mean([float(one.abstained) for one in impossible]) if impossible else None,
    }


def score_predictions(path: Path, whole: EvalSet) -> dict[str, Any]:
    """All figures of a predictions file: `retrieval` and `answers`."""
    predictions = read(path)
    return {"retrieval": score_retrieval(predictions, whole), "answers": score_answers(predictions, whole)}


def _cites(one: Prediction, question: EvalQuestion) -> float:
    return float(any(metrics.contains(text, question.answers) for text in one.citations))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
