"""Passages that a person found wrong for a question: where it comes again, they come after all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...feedback import FeedbackEvent
from .entries import Anchor, anchor_of, asked_as, exchange_of


@dataclass(frozen=True, slots=True)
class WrongCitation:
    """One mark that does not say what it stands behind, and the question that was asked."""

    person: str
    question: str
    anchor: Anchor
    collections: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> WrongCitation:
        """Of what `asdict` gave, through JSON.

        Raises:
            TypeError, KeyError: it is something else.
        """
        return cls(row["person"], row["question"], Anchor(**row["anchor"]), tuple(row.get("collections", ())))


def wrong_citation(event: FeedbackEvent) -> WrongCitation | None:
    """What `event` says of a mark; None where it says nothing, or the passage of the mark is not known."""
    exchange = exchange_of(event)
    if exchange is None or event.citation_wrong is None or exchange.answer.kind == "imported":
        return None
    passage = exchange.passage(event.citation_wrong)
    if passage is None:
        return None
    question = asked_as(exchange.question, exchange.query)
    return WrongCitation(event.person, question, anchor_of(passage, ""), exchange.collections)
