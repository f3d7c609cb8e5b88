"""What is fitted to a person's judgements, a collection at a time: the critic's bias, and how the two searches are fused.

Nothing is written but what was said: each is made of the feedback log, and gone when that is taken back.
"""

from .bias import BiasFit, JudgedRefusal, fit_bias, opened
from .facts import Facts, facts_of
from .fusion import FusionFit, JudgedRanking, fit_share
from .gains import BiasGain, bias_gain
from .labels import Labels, judged_ranking, judged_refusal, why_no_label, why_no_ranking
from .refits import Refits

__all__ = [
    "BiasFit",
    "BiasGain",
    "Facts",
    "FusionFit",
    "JudgedRanking",
    "JudgedRefusal",
    "Labels",
    "Refits",
    "bias_gain",
    "facts_of",
    "fit_bias",
    "fit_share",
    "judged_ranking",
    "judged_refusal",
    "opened",
    "why_no_label",
    "why_no_ranking",
]
