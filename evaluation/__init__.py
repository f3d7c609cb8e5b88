"""How good retrieval and answers are, measured on files that anybody can score again."""

from .files import EvalDoc, EvalFileError, EvalQuestion, EvalSet, load_eval_file
from .metrics import auc
from .run import evaluate_answers, evaluate_retrieval
from .scores import Prediction, score_predictions

__all__ = [
    "EvalDoc",
    "EvalFileError",
    "EvalQuestion",
    "EvalSet",
    "Prediction",
    "auc",
    "evaluate_answers",
    "evaluate_retrieval",
    "load_eval_file",
    "score_predictions",
]
