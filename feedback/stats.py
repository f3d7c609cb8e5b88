"""What stands in the log adds up to, and how far it is to the next learning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ..storage import Database
from .events import PREFERENCE, FeedbackEvent

_UP, _PARTLY, _DOWN = {"up", 4, 5}, {"partly", 3}, {"down", 1, 2}


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over what stands: a later word on the same thing takes the place of the earlier one."""

    events: int
    up: int
    partly: int
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


def count_standing(database: Database) -> Stats:
    """Count without reading what was said: it takes milliseconds for thousands of events."""
    names: Counter[str] = Counter()
    for name, number in database.rows("SELECT name, count(*) FROM standing GROUP BY name"):
        names[str(name).partition(":")[0]] += number
    rows = database.rows("SELECT value, count(*) FROM standing WHERE name = 'rating' GROUP BY value")
    ratings = {json.loads(value): number for value, number in rows}
    return Stats(
        events=database.rows("SELECT count(DISTINCT event_id) FROM standing")[0][0],
        up=sum(number for value, number in ratings.items() if value in _UP),
        partly=sum(number for value, number in ratings.items() if value in _PARTLY),
        down=sum(number for value, number in ratings.items() if value in _DOWN),
        ratings=names["rating"],
        corrections=names["correction"],
        comments=names["comment"],
        preferences=names[PREFERENCE],
        citation_wrong=names["citation_wrong"],
        abstentions=names["abstention"],
        forgotten=database.rows("SELECT count(*) FROM events WHERE payload IS NULL")[0][0],
    )


def count_corrections(events: Iterable[FeedbackEvent]) -> int:
    """Of events that stand."""
    return sum(event.correction is not None for event in events)


def learning_progress(corrections: int, learn_at: int, *, loads_adapters: bool = True) -> str:
    """How far it is to the next learning, in one line; `corrections` are those since the last one. `loads_adapters`: whoever
    answers can answer with what is learnt.
    """
    if not loads_adapters:
        number = f"{corrections} correction{'s' * (corrections != 1)}"
        return f"{number} to learn from, but the backend in use loads no adapters: `ayllu improve` says which does."
    if corrections >= learn_at:
        return f"{corrections} new corrections: improve now? (`ayllu improve`)"
    return f"{corrections} of about {learn_at} corrections until I can learn from these."
