"""Ratings and corrections, in the words of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..app import Application, Rating
    from ..conversations import Exchange
    from ..feedback import Judgement

_WORDS = {"up": "rated good", "down": "rated bad", "partly": "rated partly right"}


def judgement_words(judgement: Judgement | None) -> list[str]:
    """What stands beneath an answer that was judged."""
    if judgement is None:
        return []
    number = f"rated {judgement.rating} of 5" if isinstance(judgement.rating, int) else ""
    rated = number or _WORDS.get(str(judgement.rating), "")
    wrong = [f"[{mark}] wrong" for mark in sorted(judgement.citations_wrong)]
    return [word for word in (rated, "corrected" if judgement.correction else "", *wrong) if word]


def use_of_rating(application: Application, message_id: str, rating: Rating) -> str:
    """What the rating is used for now, or why for nothing."""
    from ..app import short_use_words, usable_for

    exchange = application.conversations.get(message_id)
    usable = usable_for(application, exchange, rating=rating)
    return short_use_words(usable, ["rating"], refusal=exchange.answer.abstained)


def use_of_correction(application: Application, exchange: Exchange, correction: str) -> str:
    """What it is used for now, and how far it is to the next learning, or why it counts for nothing there."""
    from ..app import in_keys, progress_to_learning, short_use_words, usable_for

    usable = usable_for(application, exchange, correction=correction)
    use = short_use_words(usable, ["correction"], refusal=exchange.answer.abstained)
    if usable["training"] is not True:
        return f"{use} {usable['training']} F4 opens it again."
    return f"{use} {in_keys(progress_to_learning(application))}"
