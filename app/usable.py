"""What a judgement of an answer is good for, use by use: true, or why not with what would mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .corrections import why_not_learnt

if TYPE_CHECKING:
    from ..agents import MemoryEntry
    from ..agents.refits import Facts
    from ..conversations import Exchange
    from ..feedback import FeedbackEvent
    from .application import Application

_GOOD, _BAD = ("up", 4, 5), ("down", 1, 2)
USES: Mapping[str, str] = {
    "memory": "questions asked again, and examples for models that write prose",
    "pins": "passages that questions near it find, or find last",
    "critic": "the bound below which nothing is answered",
    "fusion": "how the searches by words and by meaning are weighed",
    "training": "what the next adapter learns from",
    "gate": "the share of answers that are right, by which a new adapter is judged",
}
"""What feedback is used for, by the names that `feedback add` and `stats` give."""
Usable = Literal[True] | str
_NO_MEMORY = "Memory is turned off: `agents.memory = true` in the settings turns it on."
_NO_REFIT = "Fitting to your judgements is turned off: `agents.refit = true` in the settings turns it on."


def usable_for(
    application: Application,
    exchange: Exchange,
    *,
    rating: str | int | None = None,
    correction: str | None = None,
    abstention: str | None = None,
    citation_wrong: int | None = None,
) -> Mapping[str, Usable]:
    """For each of `USES`, what was said of the answer of `exchange` just now."""
    from ..feedback import FeedbackEvent

    event = FeedbackEvent.of_rating(
        exchange,
        event_id="f",
        rating=rating,
        correction=correction,
        abstention=abstention,
        citation_wrong=citation_wrong,
    )
    return event_usable_for(application, event)


def event_usable_for(application: Application, event: FeedbackEvent) -> Mapping[str, Usable]:
    """The same of an event by itself.

    Raises:
        ExchangeUnreadable: what it speaks of is damaged.
    """
    from ..agents import remembered_entry
    from ..agents.refits import facts_of

    exchange = event.chosen or event.exchange
    assert exchange is not None
    judged = _Judged(application, event, exchange, remembered_entry(event), facts_of(event))
    return {
        "memory": judged.memory(),
        "pins": judged.pins(),
        "critic": judged.critic(),
        "fusion": judged.fusion(),
        "training": judged.training(),
        "gate": judged.gate(),
    }


@dataclass(frozen=True, slots=True)
class _Judged:
    """An event, with what is made of it. `exchange`: what it speaks of, of two answers the better one."""

    application: Application
    event: FeedbackEvent
    exchange: Exchange
    entry: MemoryEntry | None
    facts: Sequence[Facts]

    def memory(self) -> Usable:
        from ..agents import why_not_remembered

        event, answer = self.event, self.exchange.answer
        if event.correction is not None:
            return why_not_remembered(self.exchange) or self._remembers
        if event.rating in _BAD and answer.memory is not None:
            return True  # it is not given again
        if event.rating not in _GOOD and event.other_id is None:
            return "It says nothing of the right answer: write that with --correction."
        if answer.abstained:
            return "The answer says only that nothing was found."
        if answer.memory is not None:
            return "The answer is one that memory has already."
        if not answer.citations:
            return "The answer names no passage that it rests on."
        return why_not_remembered(self.exchange) or self._remembers

    def pins(self) -> Usable:
        if self.event.citation_wrong is None and (self.entry is None or not self.entry.ties):
            return "It names no passage: correct the answer in words of one, rate it, or say which mark is wrong."
        return self._remembers

    def critic(self) -> Usable:
        from ..agents.refits import judged_refusal, why_no_label

        settings, event = self.application.settings.agents, self.event
        label = judged_refusal(event, self.facts)
        judges = self.exchange.answer.abstained and (event.rating is not None or event.correction is not None)
        if label is None and event.abstention is None and not judges:
            return "It does not say whether it was right not to answer: --abstention does."
        if not settings.refit:
            return _NO_REFIT
        if settings.critic_threshold is not None:
            return "You have set `agents.critic_threshold`, and that stays: without it your judgements move the bound."
        if label is not None:
            return True
        reasons = [reason for facts in self.facts if (reason := why_no_label(facts)) is not None]
        return reasons[0] if reasons else "It says neither that it was right not to answer nor that it was wrong."

    def fusion(self) -> Usable:
        from ..agents.refits import judged_ranking, why_no_ranking

        if judged_ranking(self.event, self.facts) is not None:
            return True if self.application.settings.agents.refit else _NO_REFIT
        reasons = [reason for facts in self.facts if (reason := why_no_ranking(facts)) is not None]
        if reasons and (self.event.correction is not None or self.event.rating in _GOOD):
            return reasons[0]
        return "It does not say which passage is right: correct the answer in words of that passage."

    def training(self) -> Usable:
        if self.event.other_id is not None:
            return "Choices are kept, but no adapter learns from them yet: correct the worse answer."
        if self.event.correction is None:
            return "It does not say what the answer should have been: write that with --correction."
        return why_not_learnt(self.application, self.exchange, self.event.correction) or True

    def gate(self) -> Usable:
        if self.event.correction is None and self.event.rating not in (*_GOOD, *_BAD):
            return "It says neither that the answer is right nor that it is wrong: rate it up or down."
        if self.event.rating in _GOOD and self.exchange.answer.abstained:
            return "That nothing was found is no answer that an adapter could lose."
        if self.exchange.answer.kind == "imported":
            return "It was imported, and is no answer of yours."
        return True

    @property
    def _remembers(self) -> Usable:
        return True if self.application.settings.agents.memory else _NO_MEMORY
