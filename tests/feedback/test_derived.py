"""What is made of an event stands beside it in the log's file, and goes with it, from copies of earlier versions too."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ayllu.feedback import Derived, FeedbackLog
from ayllu.tests.exchanges import exchange


def test_it_goes_when_its_event_is_forgotten_and_is_not_kept_afterwards(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    event_id = log.rate(exchange(), person="ana", correction="At 8")
    log.derived.keep([Derived(event_id, "a secret", "hashing", b"\0\0\0\0")])
    assert log.derived.read() == {event_id: Derived(event_id, "a secret", "hashing", b"\0\0\0\0")}
    assert [(each.event_id, each.name, each.value) for each in log.derived.statements()] == [
        (event_id, "correction", '"At 8"')
    ]
    log.forget(event_id)
    assert log.derived.read() == {}
    log.derived.keep([Derived(event_id, "a secret")])
    assert log.derived.read() == {}
    log.close()
    assert b"a secret" not in (tmp_path / "feedback.sqlite").read_bytes()


def test_a_log_of_before_is_taken_over_and_its_copy_forgets_too(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    log = FeedbackLog.open(file)
    event_id = log.rate(exchange(), person="ana", correction="a secret hour")
    log.close()
    with closing(sqlite3.connect(file)) as old:  # as version 2 left it
        old.execute("DROP TABLE derived")
        old.execute("PRAGMA user_version = 2")
        old.commit()
    log = FeedbackLog.open(file)
    assert log.stats().corrections == 1
    assert (tmp_path / "feedback.v2.sqlite").is_file()
    log.forget(event_id)
    log.close()
    for kept in tmp_path.glob("feedback*"):
        assert b"secret" not in kept.read_bytes(), kept.name


def test_partly_is_a_rating_of_its_own(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    for number, rating in enumerate(("up", "partly", "partly", 3, "down", 5)):
        log.rate(exchange(f"m{number}"), person="ana", rating=rating)
    stats = log.stats()
    assert (stats.up, stats.partly, stats.down, stats.ratings) == (2, 3, 1, 6)
    log.close()


def test_a_log_in_which_one_use_alone_kept_something_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    log = FeedbackLog.open(file)
    event_id = log.rate(exchange(), person="ana", correction="At 8")
    log.close()
    with closing(sqlite3.connect(file)) as old:  # as version 3 left it
        old.execute("DROP TABLE derived")
        old.execute("CREATE TABLE derived (event_id TEXT PRIMARY KEY, body TEXT, embedder TEXT, vector BLOB) WITHOUT ROWID")
        old.execute("INSERT INTO derived VALUES (?, 'earlier', '', NULL)", (event_id,))
        old.execute("PRAGMA user_version = 3")
        old.commit()
    log = FeedbackLog.open(file)
    assert log.derived.read() == {}
    log.derived.keep([Derived(event_id, "an entry")])
    log.refits.keep([Derived(event_id, "facts")])
    assert (log.derived.read()[event_id].body, log.refits.read()[event_id].body) == ("an entry", "facts")
    log.refits.keep([], gone=[event_id])
    assert (len(log.derived.read()), len(log.refits.read())) == (1, 0)
    log.close()
