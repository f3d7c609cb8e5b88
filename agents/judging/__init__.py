"""What can be known of an answer without a large model: whether the documents answer, and what supports a draft."""

from .answerable import CALIBRATION, Calibration, answerable, confirmed
from .attribution import attribute
from .decisions import HOPELESS, MIN_ANSWERABLE, NAMED, Decision, decide_before_writing, decide_on_prose, decide_on_span
from .refusals import is_refusal
from .signals import Signals, measure_signals
from .thresholds import answer_threshold, learned_by, profile_of

__all__ = [
    "CALIBRATION",
    "HOPELESS",
    "MIN_ANSWERABLE",
    "NAMED",
    "Calibration",
    "Decision",
    "Signals",
    "answer_threshold",
    "answerable",
    "attribute",
    "confirmed",
    "decide_before_writing",
    "decide_on_prose",
    "decide_on_span",
    "is_refusal",
    "learned_by",
    "measure_signals",
    "profile_of",
]
