"""What a correction is good for: said at once, with what would mend it, and counted only where it can be learnt from.

The counter and `improve` follow the same rules: what is left out there is counted nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import AylluError
from .tuning import loads_adapters, taught_style

if TYPE_CHECKING:
    from ..conversations import Exchange, Style
    from ..feedback import FeedbackEvent
    from ..training import PosedQuestion
    from .application import Application

log = logging.getLogger(__name__)
_MENDS: Mapping[str, str] = {
    "without passages": "Ask again, and correct an answer that has passages.",
}
_LATER = "A later correction says the same of {question}, and is learnt from in its place."
_UNREADABLE = "It cannot be read: `ayllu doctor` says what is damaged."


def why_not_learnt(application: Application, exchange: Exchange, correction: str) -> str | None:
    """Why nothing can be learnt from `correction`, with what to do instead; `None`: it can be learnt from."""
    posed = _posed(exchange, correction, taught_style(application))
    return posed if isinstance(posed, str) else None


def corrections_left_out(application: Application) -> Mapping[str, str | None]:
    """Of each correction that stands, by its event and the oldest first, why the next adapter does not learn from it."""
    from ..training import DUPLICATE

    style, read = taught_style(application), application.corrections_read
    names = application.feedback.standing_corrections()
    for event in application.feedback.read(name for name in names if (name, style) not in read.posed):
        read.posed[event.event_id, style] = _posed_by(event, style)
    posed = {name: read.posed.get((name, style), _UNREADABLE) for name in names}
    questions = {name: each for name, each in posed.items() if not isinstance(each, str)}
    places = list(questions)
    reasons: dict[str, str | None] = {name: each if isinstance(each, str) else None for name, each in posed.items()}
    for place, reason in _repeated(application, list(questions.values())).items():
        later = "the same question" if reason == DUPLICATE else "a question that means the same"
        reasons[places[place]] = _LATER.format(question=later)
    return reasons


def usable_corrections(application: Application) -> int:
    """Corrections since the last adapter was trained, and only those that the next one would learn from."""
    reasons = list(corrections_left_out(application).values())
    return reasons[application.adapters.corrections_learned() :].count(None)


def progress_to_learning(application: Application) -> str:
    """How far it is to the next learning, in one line. Corrections that were not read yet in this run are."""
    from ..feedback import learning_progress

    settings = application.settings
    fresh = usable_corrections(application)
    return learning_progress(fresh, settings.feedback.learn_at, loads_adapters=loads_adapters(settings))


def _posed_by(event: FeedbackEvent, style: Style) -> PosedQuestion | str:
    from ..conversations import ExchangeUnreadable

    try:
        exchange = event.exchange
    except ExchangeUnreadable:
        exchange = None
    return _UNREADABLE if exchange is None else _posed(exchange, event.correction or "", style)


def _posed(exchange: Exchange, correction: str, style: Style) -> PosedQuestion | str:
    """What it asks and answers; or why nothing can be learnt from it, in a sentence."""
    from ..training import NOT_IN_TEXT, PosedQuestion, lacking_words, posed_by

    posed = posed_by(exchange, correction, style)
    if isinstance(posed, PosedQuestion):
        return posed
    if posed == NOT_IN_TEXT:
        return f"Nothing can be learnt from it: {lacking_words(exchange, correction)}. Take it from the passage."
    return f"Nothing can be learnt from it: it is {posed}. {_MENDS.get(posed, '')}".rstrip()


def _repeated(application: Application, questions: Sequence[PosedQuestion]) -> Mapping[int, str]:
    """As `improve` does; where nothing can be embedded, only what is in the same words asks the same."""
    from ..retrieval import CachingEmbedder
    from ..training import repeated

    read = application.corrections_read
    try:
        read.embedder = read.embedder or CachingEmbedder(application.embedder)
        return repeated(questions, (), read.embedder)
    except AylluError as error:
        error.log_once(log)
        return repeated(questions, (), None)
