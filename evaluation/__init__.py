"""How good retrieval and answers are, measured on files that anybody can score again."""

from .comparing import compare_files
from .corpus import EVAL_COLLECTION, temporary_library
from .gate import Guard, Verdict, judge
from .interviewing import predict_answers
from .metrics import auc
from .metrics import f1 as answer_f1
from .predictions import Prediction, PredictionsUnusable
from .runs import evaluate_answers, evaluate_retrieval
from .scores import score_answers, score_predictions
from .sets import EvalDoc, EvalFileError, EvalQuestion, EvalSet, load_eval_file

__all__ = [
    "EVAL_COLLECTION",
    "EvalDoc",
    "EvalFileError",
    "EvalQuestion",
    "EvalSet",
    "Guard",
    "Prediction",
    "PredictionsUnusable",
    "Verdict",
    "answer_f1",
    "auc",
    "compare_files",
    "evaluate_answers",
    "evaluate_retrieval",
    "judge",
    "load_eval_file",
    "predict_answers",
    "score_answers",
    "score_predictions",
    "temporary_library",
]
