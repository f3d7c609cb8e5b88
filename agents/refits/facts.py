"""What of one judged exchange the critic's bias and the fusion of searches are fitted to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...conversations import CriticRecord, Exchange, ExchangeUnreadable
from ...feedback import PREFERENCE, FeedbackEvent
from ..memory import entry_of

_SMALLEST = 1e-6  # probability that is told from none


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one exchange. `seen` and `bound` are log-odds as fitted; `decided` as `CriticRecord.decided`."""

    message_id: str
    question: str
    collections: tuple[str, ...]
    embedder: str
    prose: bool
    abstained: bool
    decided: str = ""
    seen: float = 0.0
    bound: float = 0.0
    judged: bool = False  # the critic's figures were kept
    ranked: tuple[tuple[str, float, float], ...] = ()  # (chunk, of words, of meaning)
    cited: Mapping[str, str] | None = None  # chunk by mark
    corrected_from: str = ""  # the chunk that a correction stands in; empty: none is known

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Facts:
        """Of what `asdict` gave, through JSON.

        Raises:
            TypeError, ValueError, KeyError: it is something else.
        """
        ranked = tuple((str(chunk), float(keyword), float(dense)) for chunk, keyword, dense in row["ranked"])
        return cls(**{**row, "collections": tuple(row["collections"]), "ranked": ranked})

    @property
    def near_bound(self) -> bool:
        """Whether it is a refusal that a bound decided, or an answer that one would have refused without a bias."""
        return bool(self.decided) and (self.abstained or self.seen < self.bound)


def facts_of(event: FeedbackEvent) -> Sequence[Facts]:
    """Of the answers that `event` speaks of; none where they cannot be read, or were never asked here."""
    try:
        exchanges = [event.chosen, event.rejected] if event.kind == PREFERENCE else [event.exchange]
    except ExchangeUnreadable:
        return []
    known = [each for each in exchanges if each is not None and each.answer.kind != "imported"]
    return [_facts(each, corrected_from(event, each) if event.correction else "") for each in known]


def corrected_from(event: FeedbackEvent, exchange: Exchange) -> str:
    """The chunk that the correction stands in; empty where its words are in none that was shown."""
    entry = entry_of(event)
    if entry is None or entry.anchor is None or not entry.anchor.sentence:
        return ""
    anchor = entry.anchor
    return next(
        (
            passage.chunk_id
            for passage in exchange.passages
            if passage.source == anchor.document and passage.text.startswith(anchor.passage)
        ),
        "",
    )


def bound_of(record: CriticRecord) -> tuple[float, float]:
    """Log-odds of what was seen, and of the bound that it was held against."""
    if record.decided == "hopeless":
        return log_odds(record.retrieved), log_odds(record.hopeless)
    return log_odds(record.written), log_odds(record.threshold)


def log_odds(probability: float) -> float:
    held = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(held / (1 - held))


def _facts(exchange: Exchange, corrected: str) -> Facts:
    record = exchange.critic
    seen, bound = bound_of(record) if record is not None else (0.0, 0.0)
    passages = {str(citation.n): exchange.passage(citation.n) for citation in exchange.answer.citations}
    return Facts(
        exchange.message_id,
        exchange.query,
        exchange.collections,
        exchange.versions.get("embedder", ""),
        record.method == "prose" if record is not None else exchange.style == "prose",
        exchange.answer.abstained,
        record.decided if record is not None else "",
        round(seen, 4),
        round(bound, 4),
        record is not None,
        tuple((each.chunk_id, each.keyword, each.dense) for each in exchange.ranked),
        {mark: passage.chunk_id for mark, passage in passages.items() if passage is not None},
        corrected,
    )
