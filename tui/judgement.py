"""What a person thinks of one answer, and its way into the feedback log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..app import Application

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was said of one answer so far; one event keeps it, and supersedes the one before."""

    rating: Rating | None = None
    correction: str | None = None


def keep_judgement(application: Application, message_id: str, judgement: Judgement) -> str:
    """Keep `judgement` on disk; returns that it is kept and, where it corrects, how far it is to the next learning.

    Raises:
        NotFound: no answer of that id is kept.
    """
    from ..config import current_person
    from ..feedback import learning_progress

    exchange = application.conversations.get(message_id)
    person = current_person(application.settings)
    application.feedback.rate(exchange, person=person, rating=judgement.rating, correction=judgement.correction)
    if not judgement.correction:
        return "Kept."
    corrections, learned = application.feedback.stats().corrections, application.adapters.corrections_learned()
    learn_at = application.settings.feedback.learn_at
    progress = learning_progress(corrections, learn_at, learned)
    return f"Kept. {progress.replace('`ayllu improve`', 'F9') if corrections - learned >= learn_at else progress}"
