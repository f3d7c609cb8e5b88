"""A damaged log costs what is damaged and nothing else, and says what that is."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.conversations import Conversations
from ayllu.feedback import EventUnreadable, FeedbackEvent, FeedbackLog
from ayllu.tests.exchanges import exchange
from ayllu.tests.feedback.test_log import VERSION_1

PAGE = 4096


def break_page_of(file: Path, letter: bytes) -> None:
    """Let a page in the middle of a long text of `letter` lead nowhere."""
    content = bytearray(file.read_bytes())
    starts = [at for at in range(0, len(content), PAGE) if content[at + 8 : at + PAGE - 8] == letter * (PAGE - 16)]
    content[starts[0] : starts[0] + 4] = b"\xff\xff\xff\xff"
    file.write_bytes(content)


def ids(log: FeedbackLog) -> list[str]:
    return [event.message_id for event in log.list()]


def test_a_damaged_page_costs_the_event_that_stands_on_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "feedback.sqlite"
    log = FeedbackLog.open(file)
    for name, letter in (("m1", "a"), ("m2", "b"), ("m3", "c")):
        log.rate(exchange(name), person="ana", rating="up", correction=letter * 20_000)
    log.close()
    break_page_of(file, b"b")
    log = FeedbackLog.open(file)
    assert ids(log) == [event.message_id for event in log.standing()] == ["m1", "m3"]
    assert log.stats().corrections == 3  # as it was said; the text is gone
    assert "is left out" in caplog.text
    assert log.unreadable() == 1
    log.rate(exchange("m2"), person="ana", correction="again")
    assert ids(log) == ["m1", "m3", "m2"]
    log.close()


def test_a_damaged_row_and_a_damaged_page_of_an_old_log_cost_themselves(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    with closing(sqlite3.connect(file)) as sql, sql:
        sql.executescript(VERSION_1)
        for name, letter in (("m1", "a"), ("m2", "b"), ("m3", "c")):
            event = FeedbackEvent.of_rating(exchange(name), event_id=f"f{name}", correction=letter * 20_000)
            payload = json.dumps(event.payload).encode()
            payload = payload.replace(b"aaa", b"\xff\xfe\xff") if name == "m1" else payload
            row = (event.event_id, "2026-01-01", event.kind, name, None, payload)
            sql.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT))", row)
    break_page_of(file, b"b")
    log = FeedbackLog.open(file)
    assert ids(log) == [event.message_id for event in log.standing()] == ["m1", "m3"]
    assert log.list()[0].correction[:2] == "\ufffd\ufffd"
    log.close()


def test_a_damaged_page_costs_the_answer_that_stands_on_it(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    conversations = Conversations.open(file)
    for name, letter in (("m1", "a"), ("m2", "b"), ("m3", "c")):
        conversations.save(exchange(name, letter * 40_000))
    conversations.close()
    break_page_of(file, b"b")
    conversations = Conversations.open(file)
    assert [kept.message_id for kept in conversations.exchanges("s1")] == ["m1", "m3"]
    assert conversations.unreadable() == 1
    conversations.close()


@pytest.mark.parametrize("payload", ["{", "[]", "7", b"\xff\xfe"])
def test_a_damaged_row_costs_itself(log: FeedbackLog, tmp_path: Path, payload: str | bytes) -> None:
    log.rate(exchange("m1"), person="ana", rating="up")
    log.rate(exchange("m2"), person="ana", rating="up")
    assert log.unreadable() == 0
    with closing(sqlite3.connect(tmp_path / "feedback.sqlite")) as sql, sql:
        sql.execute("UPDATE events SET payload = ? WHERE message_id = 'm1'", (payload,))
    assert ids(log) == ["m2"]
    assert log.unreadable() == 1
    assert log.export(tmp_path / "out")["events"] == 1
    assert log.forget("m1").events == 1
    assert log.unreadable() == 0


def test_what_is_no_number_in_an_old_row_is_read_and_exported_as_json(log: FeedbackLog, tmp_path: Path) -> None:
    log.rate(exchange(), person="ana", rating="up")
    with closing(sqlite3.connect(tmp_path / "feedback.sqlite")) as sql, sql:
        sql.execute("UPDATE events SET payload = replace(payload, '\"score\": 0.9', '\"score\": NaN')")
    path = log.export(tmp_path / "out")["path"]
    assert "NaN" not in Path(path).read_text("utf-8")
    assert Path(path).stat().st_mode & 0o777 == 0o600
    (event,) = log.list()
    assert event.exchange is not None
    assert event.exchange.answer.citations[0].score == 0.0


def test_events_are_in_the_order_in_which_they_came_whatever_the_clock_says(log: FeedbackLog) -> None:
    for event_id, hour in (("f9", "2099-01-01"), ("f1", "1999-01-01"), ("f5", "2026-01-01")):
        log.append(FeedbackEvent.of_rating(exchange(f"m{event_id}"), event_id=event_id, created_at=hour, rating="up"))
    assert [event.event_id for event in log.list()] == ["f9", "f1", "f5"]
    assert [event.event_id for event in log.list(2)] == ["f1", "f5"]


@pytest.mark.parametrize(
    "parts", [{"rating": "good"}, {"rating": 9}, {"rating": True}, {"correction": 7}, {"correction": " "}, {"abstention": 1}]
)
def test_a_value_that_nobody_can_give_is_no_event(parts: dict[str, object]) -> None:
    event = FeedbackEvent.of_rating(exchange(), event_id="f1", created_at="2026-01-01", rating="up").to_json()
    row = json.loads(json.dumps({**event, "payload": {**event["payload"], **parts}}))
    with pytest.raises(EventUnreadable, match=next(iter(parts))):
        FeedbackEvent.from_json(row)
