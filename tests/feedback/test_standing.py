"""Of what a person says of one thing, the last word stands; it can be taken back; the log keeps all."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from ayllu.errors import NotFound
from ayllu.feedback import FeedbackEvent, FeedbackLog, Judgement, count_corrections
from ayllu.tests.exchanges import exchange, old_row
from ayllu.tests.feedback.test_log import VERSION_1


def standing(log: FeedbackLog, person: str = "ana", message_id: str = "m1") -> Judgement | None:
    return log.judgements([message_id], person).get(message_id)


def test_up_a_correction_and_down_leave_down_and_the_correction(log: FeedbackLog) -> None:
    up = log.rate(exchange(), person="ana", rating="up")
    log.rate(exchange(), person="ana", correction="At 8")
    log.rate(exchange(), person="ana", rating="down")
    assert (log.stats().up, log.stats().down, log.stats().corrections) == (0, 1, 1)
    assert standing(log) == Judgement(rating="down", correction="At 8")
    assert [event.supersedes for event in log.list()] == [None, None, up]
    assert [(event.rating, event.correction) for event in log.standing()] == [(None, "At 8"), ("down", None)]


def test_of_corrections_the_last_stands(log: FeedbackLog) -> None:
    for words in ("At 8", "At 9", "At 10"):
        log.rate(exchange(), person="ana", rating="down", correction=words)
    assert (log.stats().corrections, count_corrections(log.standing()), len(log.list())) == (1, 1, 3)
    assert standing(log) == Judgement(rating="down", correction="At 10")


def test_what_stands_is_the_same_after_a_restart(log: FeedbackLog, tmp_path: Path) -> None:
    log.rate(exchange(), person="ana", rating="up", comment="clear")
    log.close()
    again = FeedbackLog.open(tmp_path / "feedback.sqlite")
    again.rate(exchange(), person="ana", rating=2)
    assert standing(again) == Judgement(rating=2, comment="clear")
    assert [(event.rating, event.comment) for event in again.standing()] == [(None, "clear"), (2, None)]
    again.close()


def test_each_citation_stands_for_itself(log: FeedbackLog) -> None:
    answer = exchange()
    log.rate(answer, person="ana", citation_wrong=1)
    log.rate(answer, person="ana", citation_wrong=1, abstention="wrong")
    assert standing(log) == Judgement(abstention="wrong", citations_wrong=frozenset({1}))
    assert (log.stats().citation_wrong, log.stats().abstentions) == (1, 1)


def test_a_word_of_a_part_is_taken_back_and_the_others_stand(log: FeedbackLog) -> None:
    log.rate(exchange(), person="ana", rating="up", correction="At 8", citation_wrong=1)
    log.take_back(exchange(), person="ana", names=["rating", "citation_wrong:1"])
    assert standing(log) == Judgement(correction="At 8")
    assert (log.stats().up, log.stats().ratings, log.stats().citation_wrong, log.stats().events) == (0, 0, 0, 1)
    log.take_back(exchange(), person="ana")
    assert standing(log) is None
    assert (log.stats().events, log.standing(), len(log.list())) == (0, [], 3)
    with pytest.raises(NotFound, match="nothing of yours to take back on m1"):
        log.take_back(exchange(), person="ana")
    log.rate(exchange(), person="ana", rating="down")
    assert standing(log) == Judgement(rating="down")


def test_nobody_takes_back_what_another_person_said(log: FeedbackLog) -> None:
    log.rate(exchange(), person="ana", rating="up")
    log.rate(exchange(), person="ben", rating="down")
    with pytest.raises(NotFound):
        log.take_back(exchange(), person="eve")
    log.take_back(exchange(), person="ben")
    assert (standing(log), standing(log, "ben")) == (Judgement(rating="up"), None)


def test_of_two_answers_the_last_preference_stands(log: FeedbackLog) -> None:
    first, second = exchange("m1"), exchange("m2")
    log.prefer(first, second, person="ana")
    log.prefer(second, first, person="ana")
    log.prefer(second, exchange("m3"), person="ana")
    assert log.stats().preferences == 2
    assert [(event.message_id, event.other_id) for event in log.standing()] == [("m2", "m1"), ("m2", "m3")]


def test_what_is_forgotten_brings_nothing_back(log: FeedbackLog) -> None:
    log.rate(exchange(), person="ana", rating="up")
    later = log.rate(exchange(), person="ana", rating="down", comment="no")
    assert log.forget(later).events == 1
    assert (log.stats().up, log.stats().down, log.standing()) == (0, 0, [])
    log.prefer(exchange("m2"), exchange("m3"), person="ana")
    assert log.forget("m3").events == 1
    assert (log.stats().preferences, log.stats().forgotten) == (0, 2)


def test_judgements_of_many_answers_are_read_at_once(log: FeedbackLog) -> None:
    for number in range(3):
        log.rate(exchange(f"m{number}"), person="ana", rating=number + 1)
    by_message = log.judgements([f"m{number}" for number in range(1200)], "ana")
    assert {name: judgement.rating for name, judgement in by_message.items()} == {"m0": 1, "m1": 2, "m2": 3}
    assert log.judgements([], "ana") == {}


def test_neither_counting_nor_rating_reads_what_was_said_before(log: FeedbackLog, tmp_path: Path) -> None:
    log.rate(exchange("m1"), person="ana", rating="up")
    log.rate(exchange("m2"), person="ana", correction="At 8")
    with sqlite3.connect(tmp_path / "feedback.sqlite") as sql:
        sql.execute("UPDATE events SET payload = 'unread'")
    sql.close()
    log.rate(exchange("m1"), person="ana", rating="down")
    assert (log.stats().up, log.stats().down, log.stats().corrections) == (0, 1, 1)
    assert [event.rating for event in log.list()] == ["down"]


def test_a_log_of_version_1_stands_as_it_did(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "feedback.sqlite"
    payloads: list[tuple[str, str, str | None, dict[str, Any] | str | None]] = [
        ("f5", "rating", None, {"rating": "up", "person": "ana"}),
        ("f1", "rating", "f5", {"rating": "down", "person": "ana"}),  # later, by a clock that was set back
        ("f2", "rating", None, {"rating": 1, "person": "ben", "correction": "At 8"}),
        ("f3", "rating", None, "{damaged"),
        ("f6", "rating", None, {"comment": "ok"}),
        ("f7", "rating", "f6", None),
        ("f8", "preference", None, {"chosen": old_row(), "rejected": old_row(message_id="m2"), "person": "ana"}),
    ]
    with sqlite3.connect(file) as sql:
        sql.executescript(VERSION_1)
        for event_id, kind, supersedes, payload in payloads:
            text = json.dumps({"message": old_row(), **payload}) if isinstance(payload, dict) else payload
            sql.execute("INSERT INTO events VALUES (?, '', ?, 'm1', ?, ?)", (event_id, kind, supersedes, text))
    sql.close()
    log = FeedbackLog.open(file)
    stats = log.stats()
    assert (stats.up, stats.down, stats.corrections, stats.comments, stats.preferences) == (0, 2, 1, 0, 1)
    assert [event.event_id for event in log.standing()] == ["f1", "f2", "f8"]
    assert "f3 cannot be read" in caplog.text
    assert log.forget("m2").events == 1
    log.close()


def test_what_is_imported_twice_says_nothing_twice(log: FeedbackLog) -> None:
    event = FeedbackEvent.of_rating(exchange(), event_id="f1", person="ana", rating="up")
    assert log.append(event)
    log.rate(exchange(), person="ana", rating="down")
    assert not log.append(event)
    assert standing(log) == Judgement(rating="down")


def test_the_corrections_that_stand_are_named_without_reading_any(log: FeedbackLog, tmp_path: Path) -> None:
    first = log.rate(exchange("m1"), person="ana", correction="At 8")
    log.rate(exchange("m2"), person="ana", rating="up")
    gone = log.rate(exchange("m3"), person="ana", correction="At 9")
    last = log.rate(exchange("m3"), person="ana", correction="At 10")
    assert log.standing_corrections() == [first, last]
    assert [event.correction for event in log.read([last, first, "f0", gone])] == ["At 10", "At 8", "At 9"]
    with sqlite3.connect(tmp_path / "feedback.sqlite") as sql:
        sql.execute("UPDATE events SET payload = 'unread'")
    sql.close()
    assert log.standing_corrections() == [first, last]


def test_what_stands_is_the_same_where_an_export_is_imported(log: FeedbackLog, tmp_path: Path) -> None:
    log.rate(exchange("m1"), person="ana", rating="up", comment="clear")
    log.rate(exchange("m1"), person="ana", rating=2, citation_wrong=1)
    log.take_back(exchange("m1"), person="ana", names=["comment"])
    log.rate(exchange("m1"), person="ben", correction="At 8")
    log.prefer(exchange("m2"), exchange("m1"), person="ben")
    log.prefer(exchange("m1"), exchange("m2"), person="ben")
    lines = Path(log.export(tmp_path / "out")["path"]).read_text("utf-8").splitlines()
    other = FeedbackLog.open(tmp_path / "other.sqlite")
    for line in lines:
        other.append(FeedbackEvent.from_json(json.loads(line)))
    for person in ("ana", "ben"):
        assert standing(other, person) == standing(log, person)
        assert standing(other, person) is not None
    assert other.stats() == log.stats()
    assert [event.to_json() for event in other.list()] == [event.to_json() for event in log.list()]
    other.close()
