"""Ratings and corrections on their way into the feedback log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..app import Application
    from ..conversations import Exchange
    from ..feedback import Judgement

Rating = Literal["up", "partly", "down"]
_WORDS = {"up": "rated good", "down": "rated bad", "partly": "rated partly right"}


def judgement_words(judgement: Judgement | None) -> list[str]:
    """What stands beneath an answer that was judged."""
    if judgement is None:
        return []
    number = f"rated {judgement.rating} of 5" if isinstance(judgement.rating, int) else ""
    rated = number or _WORDS.get(str(judgement.rating), "")
    wrong = [f"[{mark}] wrong" for mark in sorted(judgement.citations_wrong)]
    return [word for word in (rated, "corrected" if judgement.correction else "", *wrong) if word]


def keep_rating(application: Application, message_id: str, rating: Rating) -> Judgement | None:
    """Rate an answer or, where it is rated so already, take that back; returns what stands now, which is on disk.

    Raises:
        NotFound: no answer of that id is kept.
    """
    exchange, person = application.conversations.get(message_id), _person(application)
    before = application.feedback.judgements([message_id], person).get(message_id)
    if before is not None and before.rating == rating:
        application.feedback.take_back(exchange, person=person, names=["rating"])
    else:
        application.feedback.rate(exchange, person=person, rating=rating)
    return application.feedback.judgements([message_id], person).get(message_id)


def keep_correction(application: Application, exchange: Exchange, correction: str) -> Judgement | None:
    """Correct an answer; returns what stands now, which is on disk."""
    person = _person(application)
    application.feedback.rate(exchange, person=person, correction=correction)
    return application.feedback.judgements([exchange.message_id], person).get(exchange.message_id)


def progress_after(application: Application, exchange: Exchange, correction: str) -> str:
    """What the correction is good for: how far it is to the next learning, or why it counts for nothing there."""
    from ..app import progress_to_learning, usable_for, why_not_learnt

    use = "Asked again, the question is answered so. " if application.settings.agents.memory else ""
    if exchange.answer.abstained and usable_for(application, exchange, correction=correction)["critic"] is True:
        use += "It counts towards how readily others are refused. "
    if reason := why_not_learnt(application, exchange, correction):
        return f"{use}{reason} F4 opens it again."
    return use + progress_to_learning(application).replace("`ayllu improve`", "F9")


def _person(application: Application) -> str:
    from ..config import current_person

    return current_person(application.settings)
