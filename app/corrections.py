"""What a correction is good for: said at once, with what would mend it, and counted only where it can be learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..conversations import Exchange
    from .application import Application

_MENDS: Mapping[str, str] = {
    "not copied from the passages shown": "Copy the words as they stand in a passage.",
    "without passages": "Ask again, and correct an answer that has passages.",
}


def why_not_learnt(exchange: Exchange, correction: str) -> str | None:
    """Why nothing can be learnt from `correction`, with what to do instead; `None`: it can be learnt from."""
    from ..training import unusable_reason

    reason = unusable_reason(exchange, correction)
    return None if reason is None else f"Nothing can be learnt from it: it is {reason}. {_MENDS.get(reason, '')}".rstrip()


def usable_corrections(application: Application) -> int:
    """Corrections since the last adapter was trained, and only those that can be learnt from."""
    from ..conversations import ExchangeUnreadable

    corrections = [event for event in application.feedback.standing() if event.correction]
    usable = 0
    for event in corrections[application.adapters.corrections_learned() :]:
        try:
            exchange = event.exchange
        except ExchangeUnreadable:
            continue
        usable += exchange is not None and why_not_learnt(exchange, event.correction or "") is None
    return usable
