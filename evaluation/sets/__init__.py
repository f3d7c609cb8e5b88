"""Evaluation files: a form a file, and one door for all of them."""

from .base import EvalDoc, EvalFileError, EvalQuestion, EvalSet
from .loading import load_eval_file

__all__ = ["EvalDoc", "EvalFileError", "EvalQuestion", "EvalSet", "load_eval_file"]
