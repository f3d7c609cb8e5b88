"""What a correction is good for: said at once, with what would mend it, and counted only where it can be learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .tuning import taught_style

if TYPE_CHECKING:
    from ..conversations import Exchange, Style
    from ..feedback import FeedbackEvent
    from .application import Application

_MENDS: Mapping[str, str] = {
    "without passages": "Ask again, and correct an answer that has passages.",
}


def why_not_learnt(exchange: Exchange, correction: str, style: Style | None = None) -> str | None:
    """Why nothing can be learnt from `correction`, with what to do instead; `None`: it can be learnt from.

    `style`: in which the model writes that is to learn, where that is known; else as the answer was written.
    """
    from ..training import NOT_IN_TEXT, lacking_words, unusable_reason

    reason = unusable_reason(exchange, correction, style)
    if reason == NOT_IN_TEXT:
        return f"Nothing can be learnt from it: {lacking_words(exchange, correction)}. Take it from the passage."
    return None if reason is None else f"Nothing can be learnt from it: it is {reason}. {_MENDS.get(reason, '')}".rstrip()


def usable_corrections(application: Application) -> int:
    """Corrections since the last adapter was trained, and only those that can be learnt from; each is read once in a run."""
    corrections = application.feedback.standing_corrections()[application.adapters.corrections_learned() :]
    usable, style = application.usable_corrections, taught_style(application)
    for event in application.feedback.read(name for name in corrections if name not in usable):
        usable[event.event_id] = _can_be_learnt(event, style)
    return sum(usable.get(name, False) for name in corrections)


def _can_be_learnt(event: FeedbackEvent, style: Style) -> bool:
    from ..conversations import ExchangeUnreadable

    try:
        exchange = event.exchange
    except ExchangeUnreadable:
        return False
    return exchange is not None and why_not_learnt(exchange, event.correction or "", style) is None
