"""What the log adds up to, and how far it is to the next learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from .events import PREFERENCE, FeedbackEvent, standing_events


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


def count_feedback(events: Sequence[FeedbackEvent]) -> Stats:
    """Count `events`, leaving out the superseded."""
    standing = [event for event in standing_events(events) if not event.forgotten]
    ratings = [event.rating for event in standing if event.rating is not None]
    return Stats(
        events=len(standing),
        up=sum(rating == "up" or (isinstance(rating, int) and rating >= 4) for rating in ratings),
        down=sum(rating == "down" or (isinstance(rating, int) and rating <= 2) for rating in ratings),
        ratings=len(ratings),
        corrections=sum(event.correction is not None for event in standing),
        comments=sum(event.comment is not None for event in standing),
        preferences=sum(event.kind == PREFERENCE for event in standing),
        citation_wrong=sum(event.citation_wrong is not None for event in standing),
        abstentions=sum(event.abstention is not None for event in standing),
        forgotten=sum(event.forgotten for event in events),
    )


def learning_progress(corrections: int, learn_at: int, learned: int = 0) -> str:
    """How far it is to the next learning, in one line. Of the `corrections`, `learned` were there at the last one."""
    fresh = corrections - learned
    if fresh >= learn_at:
        since = " since the last adapter" if learned else ""
        return f"{fresh} new corrections{since}: improve now? (`ayllu improve`)"
    return f"{fresh} of about {learn_at} corrections until I can learn from these."
