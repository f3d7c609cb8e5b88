"""How good retrieval and answers are, measured on files that anybody can score again."""

from .comparing import compare_files
from .corpus import EVAL_COLLECTION, temporary_library
from .gate import LEAST_ACCEPTED, Group, Verdict, judge
from .guards import Guard
from .interviewing import predict_answers
from .living import House, Life, Milestone
from .metrics import auc, normalised
from .metrics import f1 as answer_f1
from .predictions import Gold, Prediction, PredictionsUnusable
from .prose import prose_quality
from .runs import evaluate_answers, evaluate_retrieval
from .scores import score_answers, score_predictions, score_question
from .sets import EvalDoc, EvalFileError, EvalQuestion, EvalSet, load_eval_file
from .simulated_person import Answered, Habits, Opinion, SimulatedPerson
from .weighing import Origin, Outcome, Shares

__all__ = [
    "EVAL_COLLECTION",
    "LEAST_ACCEPTED",
    "Answered",
    "EvalDoc",
    "EvalFileError",
    "EvalQuestion",
    "EvalSet",
    "Gold",
    "Group",
    "Guard",
    "Habits",
    "House",
    "Life",
    "Milestone",
    "Opinion",
    "Origin",
    "Outcome",
    "Prediction",
    "PredictionsUnusable",
    "Shares",
    "SimulatedPerson",
    "Verdict",
    "answer_f1",
    "auc",
    "compare_files",
    "evaluate_answers",
    "evaluate_retrieval",
    "judge",
    "load_eval_file",
    "normalised",
    "predict_answers",
    "prose_quality",
    "score_answers",
    "score_predictions",
    "score_question",
    "temporary_library",
]
