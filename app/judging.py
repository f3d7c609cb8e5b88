"""What a person says of an answer in a chat, on its way into the feedback log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..config import current_person

if TYPE_CHECKING:
    from ..conversations import Exchange
    from ..feedback import Judgement
    from .application import Application

Rating = Literal["up", "partly", "down"]


def keep_rating(application: Application, message_id: str, rating: Rating) -> Judgement | None:
    """Rate an answer or, where it is rated so already, take that back; returns what stands now, which is on disk.

    Raises:
        NotFound: no answer of that id is kept.
    """
    exchange, person = application.conversations.get(message_id), current_person(application.settings)
    before = application.feedback.judgements([message_id], person).get(message_id)
    if before is not None and before.rating == rating:
        application.feedback.take_back(exchange, person=person, names=["rating"])
    else:
        application.feedback.rate(exchange, person=person, rating=rating)
    return application.feedback.judgements([message_id], person).get(message_id)


def keep_correction(application: Application, exchange: Exchange, correction: str) -> Judgement | None:
    """Correct an answer; returns what stands now, which is on disk."""
    person = current_person(application.settings)
    application.feedback.rate(exchange, person=person, correction=correction)
    return application.feedback.judgements([exchange.message_id], person).get(exchange.message_id)
