"""What a judgement of an answer is good for, use by use: true, or why not with what would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from .corrections import why_not_learnt

if TYPE_CHECKING:
    from ..conversations import Exchange
    from .application import Application

_GOOD = ("up", 4, 5)
Usable = Literal[True] | str


def usable_for(
    application: Application,
    exchange: Exchange,
    *,
    rating: str | int | None = None,
    correction: str | None = None,
    abstention: str | None = None,
) -> Mapping[str, Usable]:
    """For `memory`, the `critic` and `training`, what was said of the answer of `exchange` just now."""
    return {
        "memory": _memory(application, exchange, rating, correction),
        "critic": _critic(exchange, rating, correction, abstention),
        "training": _training(exchange, correction),
    }


def _memory(application: Application, exchange: Exchange, rating: str | int | None, correction: str | None) -> Usable:
    from ..agents import why_not_remembered

    if correction is None and rating not in _GOOD:
        return "It says nothing of the right answer: write that with --correction."
    if correction is None and exchange.answer.abstained:
        return "The answer says only that nothing was found."
    if correction is None and exchange.answer.memory is not None:
        return "The answer is one that memory has already."
    if correction is None and not exchange.answer.citations:
        return "The answer names no passage that it rests on."
    if (reason := why_not_remembered(exchange)) is not None:
        return reason
    if not application.settings.agents.memory:
        return "Memory is turned off: `agents.memory = true` in the settings turns it on."
    return True


def _critic(exchange: Exchange, rating: str | int | None, correction: str | None, abstention: str | None) -> Usable:
    """Nothing fits the critic to a person's judgements yet."""
    if abstention is None and not (exchange.answer.abstained and (rating is not None or correction is not None)):
        return "It does not say whether it was right not to answer: --abstention does."
    return "It is kept, but the critic does not learn from judgements of refusals yet."


def _training(exchange: Exchange, correction: str | None) -> Usable:
    if correction is None:
        return "It does not say what the answer should have been: write that with --correction."
    return why_not_learnt(exchange, correction) or True
