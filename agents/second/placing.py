"""Where the second reading stands in an answer."""

from __future__ import annotations

from ..judging import Decision
from .comparing import Agreement, Place
from .precedence import Precedence


def place_reading(agreement: Agreement, precedence: Precedence, decision: Decision) -> Place:
    """`decision` is the critic's on the draft. Where that gives way, a phrase answers more than a sentence quoted."""
    if decision == "quote":
        return "first"
    if decision != "draft" or agreement == "agrees":
        return "unshown"
    if precedence == "phrase":
        return "first"
    return "after" if agreement == "differs" else "unshown"
