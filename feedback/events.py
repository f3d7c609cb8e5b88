"""What the log holds, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """One thing a person said about an answer. `payload` holds all that is needed to train from it; `None`: forgotten."""

    event_id: str
    created_at: str  # ISO 8601, UTC
    kind: str  # "rating" or "preference"
    message_id: str
    supersedes: str | None
    payload: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over what stands: later words on a message supersede earlier ones of the same sort."""

    events: int
    up: int
    down: int
    ratings: int
    corrections: int
    comments: int
    preferences: int
    citation_wrong: int
    abstentions: int
    forgotten: int

    def to_json(self) -> dict[str, int]:
        return asdict(self)


def standing_events(events: Sequence[FeedbackEvent]) -> list[FeedbackEvent]:
    """`events` without the superseded."""
    superseded = {event.supersedes for event in events}
    return [event for event in events if event.event_id not in superseded]


def adapters_mentioned(events: Sequence[FeedbackEvent]) -> set[str]:
    """The adapters whose answers `events` speak of, the superseded included."""
    bodies = [event.payload for event in events if event.payload is not None]
    messages = [body.get(part) for body in bodies for part in ("message", "chosen", "rejected")]
    return {str(one["adapter"]) for one in messages if isinstance(one, Mapping) and one.get("adapter")}


def stats(events: Sequence[FeedbackEvent]) -> Stats:
    """Count `events`, leaving out the superseded."""
    said = [event.payload for event in standing_events(events) if event.payload is not None]

    def having(key: str) -> int:
        return sum(payload.get(key) is not None for payload in said)

    ratings = [payload["rating"] for payload in said if payload.get("rating") is not None]
    return Stats(
        events=len(said),
        up=sum(rating == "up" or (isinstance(rating, int) and rating >= 4) for rating in ratings),
        down=sum(rating == "down" or (isinstance(rating, int) and rating <= 2) for rating in ratings),
        ratings=len(ratings),
        corrections=having("correction"),
        comments=having("comment"),
        preferences=having("chosen"),
        citation_wrong=having("citation_wrong"),
        abstentions=having("abstention"),
        forgotten=sum(event.payload is None for event in events),
    )


def learning_progress(corrections: int, learn_at: int, learnt: int = 0) -> str:
    """How far it is to the next learning, in one line. Of the `corrections`, `learnt` were there at the last one."""
    fresh = corrections - learnt
    if fresh >= learn_at:
        since = " since the last adapter" if learnt else ""
        return f"{fresh} new corrections{since}: improve now? (`ayllu improve`)"
    return f"{fresh} of about {learn_at} corrections until I can learn from these."
