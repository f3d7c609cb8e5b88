"""Accepted answers: what is asked again of a new adapter, and how often the model is right as it is."""

from typing import Any

from ayllu.conversations import ShownPassage
from ayllu.evaluation import Shares
from ayllu.feedback import FeedbackEvent
from ayllu.retrieval import HashingEmbedder
from ayllu.tests.exchanges import exchange
from ayllu.training.data import Correction, collect_accepted, judged_shares


def rated(number: int, question: str = "", answered: dict[str, Any] | None = None, **parts: Any) -> FeedbackEvent:
    passages = [ShownPassage(n, f"c{n}", "/docs/a.md", None, f"Passage {n} of {number}.") for n in (1, 2)]
    kept = exchange(
        f"m{number}",
        question=question or f"What is number {number} of village {number * 7}?",
        passages=passages,
        answered={"short": f"It is  {number}", "session_id": f"s{number}", **(answered or {})},
    )
    event = parts.pop("event", f"e{number}")
    return FeedbackEvent(event, "", "rating", f"m{number}", None, {**parts, "message": kept.to_json()})


def correction(question: str, answer: str) -> Correction:
    return Correction("c1", "g1", question, answer, "span", [], [], [])


def test_accepted_is_what_is_rated_up_and_corrected_by_nobody() -> None:
    events = [
        rated(1, rating="up"),
        rated(2, rating=5),
        rated(3, rating=3),
        rated(4, rating="down"),
        rated(5, rating="up"),
        rated(5, event="e5b", correction="something else"),
        rated(6, rating="up", answered={"kind": "abstained"}),
        rated(7, comment="Thanks."),
    ]
    accepted = collect_accepted(events, "span", [], None, 100)
    assert {answer.event_id for answer in accepted} == {"e1", "e2"}
    assert {answer.answer for answer in accepted} == {"It is 1", "It is 2"}
    assert {tuple(answer.cited) for answer in accepted} == {("Passage 1 of 1.",), ("Passage 1 of 2.",)}
    assert all(len(answer.passages) == 2 for answer in accepted)
    assert judged_shares(events) == Shares(wrong=2, accepted=2)
    assert collect_accepted(events, "prose", [], None, 100) == []


def test_imported_questions_are_judged_by_nobody() -> None:
    kept = exchange("m9", answered={"session_id": "import-a"}).to_json() | {"origin": {"file": "a.json", "line": 3}}
    imported = FeedbackEvent("e9", "", "rating", "m9", None, {"correction": "7:45", "message": kept})
    assert judged_shares([imported]) == Shares()


def test_what_memory_gave_is_no_model_s_answer() -> None:
    kept = exchange("m3").to_json()
    kept["answer"]["memory"] = {"id": "f1"}
    event = FeedbackEvent("e3", "", "rating", "m3", None, {"rating": "up", "message": kept})
    events = [rated(1, rating="up"), rated(2, rating="down"), event]
    assert judged_shares(events) == Shares(wrong=1, accepted=1)
    assert judged_shares(events, by_memory=True) == Shares(wrong=0, accepted=1)
    assert {answer.event_id for answer in collect_accepted(events, "span", [], None, 9)} == {"e1"}


def test_what_asks_the_same_as_a_correction_or_another_is_not_asked() -> None:
    long = "When does the first ferry of the day leave the old harbour of the island in winter"
    events = [
        rated(1, f"{long}?", {"short": "7:45"}, rating="up"),
        rated(2, f"{long}!", {"short": "at 8"}, rating="up"),
        rated(3, f"{long} now?", {"short": "7:45"}, rating="up"),
        rated(4, rating="up"),
    ]
    embedder = HashingEmbedder()
    kept = {answer.event_id for answer in collect_accepted(events, "span", [], embedder, 9)}
    assert kept == {"e2", "e3", "e4"}  # the later one stands; alike with another answer is another question
    known = [correction(f"{long} then?", "7:45")]
    assert {answer.event_id for answer in collect_accepted(events, "span", known, embedder, 9)} == {"e2", "e4"}


def test_of_many_mostly_the_same_are_asked_while_the_log_grows() -> None:
    events = [rated(number, rating="up") for number in range(60)]
    first, again = ({a.event_id for a in collect_accepted(events[:end], "span", [], None, 30)} for end in (50, 60))
    assert len(first) == len(again) == 30
    assert len(first & again) >= 20
