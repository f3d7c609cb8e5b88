"""What is fitted to a person's judgements, a collection at a time: the critic's bias, and how the two searches are fused.

Nothing is written but what was said: each is made of the feedback log, and gone when that is taken back.
"""

from .bias import BiasFit, JudgedRefusal, fit_bias, opened
from .facts import Facts, facts_of
from .fusion import FusionFit, JudgedRanking, fit_share
from .labels import Labels, why_no_label, why_no_ranking
from .refits import Refits

__all__ = [
    "BiasFit",
    "Facts",
    "FusionFit",
    "JudgedRanking",
    "JudgedRefusal",
    "Labels",
    "Refits",
    "facts_of",
    "fit_bias",
    "fit_share",
    "opened",
    "why_no_label",
    "why_no_ranking",
]
