"""Where the second reading stands in an answer."""

from __future__ import annotations

from ...models import Precedence
from ..judging import Decision
from .comparing import Agreement, Place

_SURE = 0.5  # of all phrases' weight, from which on one outweighs all others together


def place_reading(
    agreement: Agreement, precedence: Precedence, decision: Decision, share: float = 1.0, *, answers: bool = True
) -> Place:
    """`decision` is the critic's on the draft. Where that gives way, a phrase answers more than a sentence quoted.

    `share` is the phrase's of the weight of all that it was chosen from: one that is not sure takes no draft's place. Nor
    does one in other words, of which nobody can tell whether it says another thing: of seven such that stood first (0.5B;
    ClapNQ, MTRAG and XQuAD) at most one was the better answer, and four of the drafts behind them were right.
    `answers`: its model alone would have answered with it, rather than with nothing.
    """
    if not answers and agreement != "agrees":
        return "unshown"
    sure = is_sure(share)
    if decision == "quote":
        return "first" if sure else "beneath"
    if decision != "draft":
        return "unshown"
    if precedence == "phrase":
        return "beneath" if agreement != "differs" else "first" if sure else "after"
    return "after" if sure and agreement == "differs" else "unshown"


def is_sure(share: float) -> bool:
    return share >= _SURE
