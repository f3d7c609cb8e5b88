"""An event says in types what was said, by whom, and of what; what is none is refused."""

import json
from typing import Any

import pytest
from ayllu.conversations import ExchangeUnreadable
from ayllu.feedback import EventUnreadable, FeedbackEvent, adapters_mentioned
from ayllu.tests.exchanges import exchange, old_row


def rating(event_id: str = "f1", supersedes: str | None = None, **parts: Any) -> FeedbackEvent:
    kept = exchange(answered={"adapter": parts.pop("adapter", None)})
    return FeedbackEvent.of_rating(
        kept, event_id=event_id, created_at="2026-01-01", supersedes=supersedes, person="ana", **parts
    )


def preference(chosen: str | None, rejected: str | None) -> FeedbackEvent:
    sides = (exchange(name, answered={"adapter": adapter}) for name, adapter in (("m1", chosen), ("m2", rejected)))
    return FeedbackEvent.of_preference(*sides, event_id="f9", created_at="2026-01-01")


def row(**changes: Any) -> dict[str, Any]:
    fields = json.loads(json.dumps(rating(rating="up").to_json()))
    return {**fields, **changes}


def test_a_rating_gives_its_parts_and_the_exchange() -> None:
    event = rating(rating=4, correction="At 8", citation_wrong=1, abstention="wrong")
    assert (event.person, event.rating, event.correction) == ("ana", 4, "At 8")
    assert (event.citation_wrong, event.abstention, event.comment) == (1, "wrong", None)
    assert (event.exchange, event.chosen, event.rejected) == (exchange(), None, None)


def test_a_preference_gives_both_exchanges() -> None:
    event = preference(None, "a1")
    assert event.chosen == exchange("m1")
    assert event.rejected == exchange("m2", answered={"adapter": "a1"})
    assert (event.exchange, event.rating, event.message_id) == (None, None, "m1")


def test_a_damaged_exchange_is_an_error_where_it_is_read() -> None:
    with pytest.raises(ExchangeUnreadable):
        _ = FeedbackEvent("f1", "", "rating", "m1", None, {"rating": "up", "message": {"question": 3}}).exchange


def test_adapters_are_those_of_all_answers_spoken_of() -> None:
    damaged = FeedbackEvent("f8", "", "rating", "m1", None, {"message": {"adapter": "a7"}})
    forgotten = FeedbackEvent("f7", "", "rating", "m1", None, None)
    events = [rating(rating="up"), rating("f2", "f1", rating="up", adapter="a2"), preference("a3", "a4"), damaged, forgotten]
    assert adapters_mentioned(events) == {"a2", "a3", "a4", "a7"}


@pytest.mark.parametrize("message", [old_row(), exchange().to_json()], ids=["0.1.0", "now"])
def test_rows_of_this_version_and_the_one_before_are_events(message: dict[str, Any]) -> None:
    event = FeedbackEvent.from_json(row(payload={"correction": "x", "message": json.loads(json.dumps(message))}))
    assert event.exchange is not None
    assert event.exchange.message_id == "m1"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "guess"},
        {"event_id": ""},
        {"event_id": 7},
        {"supersedes": 7},
        {"payload": None},
        {"payload": {"rating": "up"}},
        {"payload": {"rating": "up", "message": {"question": "?"}}},
        {"kind": "preference"},
        {"more": 1},
    ],
)
def test_a_row_that_is_no_event_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(EventUnreadable):
        FeedbackEvent.from_json(row(**changes))
