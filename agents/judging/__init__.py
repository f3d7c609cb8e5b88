"""What can be known of an answer without a large model: whether the documents answer, and what supports a draft."""

from .answerable import CALIBRATION, Calibration, answerable, calibration_of, confirmed, confirmed_by_draft
from .attribution import attribute
from .decisions import MIN_ANSWERABLE, NAMED, Decision, decide_before_writing, decide_on_prose, decide_on_span
from .marked import mark_answer
from .refusals import is_refusal
from .signals import Signals, measure_signals
from .thresholds import Bounds, answer_bounds, learned_by, profile_of

__all__ = [
    "CALIBRATION",
    "MIN_ANSWERABLE",
    "NAMED",
    "Bounds",
    "Calibration",
    "Decision",
    "Signals",
    "answer_bounds",
    "answerable",
    "attribute",
    "calibration_of",
    "confirmed",
    "confirmed_by_draft",
    "decide_before_writing",
    "decide_on_prose",
    "decide_on_span",
    "is_refusal",
    "learned_by",
    "mark_answer",
    "measure_signals",
    "profile_of",
]
