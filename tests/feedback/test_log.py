"""The log keeps what it acknowledged, and forgets only when asked."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.errors import NotFound, UsageError
from ayllu.feedback import FeedbackEvent, FeedbackLog, Forgotten, learning_progress
from ayllu.tests.exchanges import exchange, old_row

VERSION_1 = """
CREATE TABLE events (
    id TEXT PRIMARY KEY, created_at TEXT NOT NULL, kind TEXT NOT NULL, message_id TEXT NOT NULL,
    supersedes TEXT, payload TEXT
);
CREATE INDEX events_by_message ON events (message_id);
PRAGMA user_version = 1;
"""
RATE_AND_WAIT = """
import sys, time
from pathlib import Path
from ayllu.feedback import FeedbackLog
from ayllu.tests.exchanges import exchange
log = FeedbackLog.open(Path(sys.argv[1]))
print(log.rate(exchange(), person="ana", rating="up", correction="because"), flush=True)
time.sleep(60)
"""


def test_a_rating_survives_a_kill_right_after_it_is_acknowledged(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RATE_AND_WAIT, str(tmp_path / "feedback.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        event_id = child.stdout.readline().strip()
        child.send_signal(signal.SIGKILL)
    [event] = FeedbackLog.open(tmp_path / "feedback.sqlite").list()
    assert event.event_id == event_id
    assert (event.person, event.rating, event.correction) == ("ana", "up", "because")
    assert event.exchange == exchange()


def test_a_later_word_supersedes_and_both_stay(log: FeedbackLog) -> None:
    first = log.rate(exchange(), person="ana", rating="down")
    log.rate(exchange(), person="ana", rating="up", correction="\x1b[31m[bold] ünï 漢字\n")
    log.rate(exchange("m2"), person="ana", rating=2)
    assert [event.supersedes for event in log.list()] == [None, first, None]
    stats = log.stats()
    assert (stats.events, stats.up, stats.down, stats.corrections) == (2, 1, 1, 1)
    assert log.list()[1].correction == "\x1b[31m[bold] ünï 漢字\n"


def test_a_word_that_says_less_leaves_the_earlier_one_standing(log: FeedbackLog) -> None:
    log.rate(exchange(), person="ana", rating="up", comment="clear")
    log.rate(exchange(), person="ana", rating="down")
    assert [event.supersedes for event in log.list()] == [None, None]


def test_nobody_supersedes_what_another_person_said(log: FeedbackLog) -> None:
    first = log.rate(exchange(), person="ana", rating="up")
    log.rate(exchange(), person="ben", rating="down")
    assert [event.supersedes for event in log.list()] == [None, None]
    log.rate(exchange(), person="ana", rating="down")
    assert log.list()[-1].supersedes == first
    assert log.stats().down == 2


def test_a_rating_of_the_version_before_is_read_and_superseded_by_whoever_goes_on_with_the_home(log: FeedbackLog) -> None:
    payload = {"rating": "up", "comment": "ok", "message": old_row()}
    log.append(FeedbackEvent("f1", "2026-01-01T00:00:00.000+00:00", "rating", "m1", None, payload))
    [event] = log.list()
    assert (event.person, event.rating, event.comment, event.correction) == ("", "up", "ok", None)
    assert event.exchange is not None
    assert (event.exchange.person, event.exchange.passages[1].n) == ("", 1)  # as it was on screen
    log.rate(event.exchange, person="ana", rating="down", comment="no")
    assert log.list()[-1].supersedes == "f1"


def test_how_far_it_is_to_the_next_learning_is_said_in_a_line() -> None:
    assert learning_progress(1, 50) == "1 of about 50 corrections until I can learn from these."
    assert learning_progress(52, 50) == "52 new corrections: improve now? (`ayllu improve`)"
    assert learning_progress(1, 50, loads_adapters=False).startswith("1 correction to learn from, but the backend in use")


def test_what_is_forgotten_is_gone_from_the_disk_but_leaves_a_tombstone(log: FeedbackLog, tmp_path: Path) -> None:
    log.rate(exchange(), person="a name of my own", correction="my secret name")
    log.prefer(exchange("m2"), exchange("m1", "another secret name"), person="ana")
    assert log.forget("m1") == Forgotten(2, [])
    assert [(event.forgotten, event.payload, event.person, event.exchange) for event in log.list()] == [
        (True, None, "", None)
    ] * 2
    assert log.stats().forgotten == 2
    for secret in (b"my secret name", b"another secret name", b"a name of my own"):
        assert not any(secret in file.read_bytes() for file in tmp_path.iterdir())
    with pytest.raises(NotFound):
        log.forget("m1")


def test_what_another_program_still_reads_is_named_and_gone_after_it(log: FeedbackLog, tmp_path: Path) -> None:
    """A reader's snapshot needs the pages from before: no program can take them away."""
    file = tmp_path / "feedback.sqlite"
    log.rate(exchange(), person="ana", correction="my secret name")
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM events").fetchall()
        forgotten = log.forget("m1")
        assert forgotten.remains
        assert {path for path in tmp_path.iterdir() if b"my secret name" in path.read_bytes()} <= set(forgotten.remains)
        assert b"my secret name" in (tmp_path / "feedback.sqlite-wal").read_bytes()
    FeedbackLog.open(file).close()  # `log` is open still, as a chat would be
    assert not any(b"my secret name" in path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_forgotten_is_gone_from_the_copy_that_a_migration_left(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    with closing(sqlite3.connect(file)) as sql:
        sql.executescript(VERSION_1)
        for event_id, words in (("f1", "my secret name"), ("f2", "kept")):
            payload = json.dumps({"correction": words, "message": old_row(message_id=f"m{event_id}")})
            sql.execute("INSERT INTO events VALUES (?, '', 'rating', ?, NULL, ?)", (event_id, f"m{event_id}", payload))
        sql.commit()
    log = FeedbackLog.open(file)
    assert b"my secret name" in (tmp_path / "feedback.v1.sqlite").read_bytes()
    assert log.forget("f1") == Forgotten(1, [])
    log.close()
    assert not any(b"my secret name" in path.read_bytes() for path in tmp_path.iterdir())
    assert b"kept" in (tmp_path / "feedback.v1.sqlite").read_bytes()


@pytest.mark.parametrize(
    "parts", [{}, {"rating": 9}, {"rating": "maybe"}, {"citation_wrong": 7}, {"abstention": "x"}, {"correction": " "}]
)
def test_nonsense_is_refused(log: FeedbackLog, parts: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        log.rate(exchange(), person="ana", **parts)
    with pytest.raises(UsageError):
        log.prefer(exchange(), exchange(), person="ana")
    assert log.list() == []


def test_an_export_is_read_again_as_it_was_and_taken_in_once(log: FeedbackLog, tmp_path: Path) -> None:
    log.append(FeedbackEvent("f1", "2026-01-01", "rating", "m1", None, {"correction": "7:50", "message": old_row()}))
    log.rate(exchange("m4"), person="ana", rating=5, comment="line\nbreak")
    log.prefer(exchange("m2"), exchange("m3"), person="ben")
    log.rate(exchange("m5"), person="ana", rating=1)
    log.forget("m5")
    counts = log.export(tmp_path / "out")
    events = [FeedbackEvent.from_json(json.loads(line)) for line in Path(counts["path"]).read_text().splitlines()]
    assert counts["events"] == 3
    assert [event.to_json() for event in events] == [event.to_json() for event in log.list() if not event.forgotten]
    other = FeedbackLog.open(tmp_path / "other.sqlite")
    assert [other.append(event) for event in (*events, *events)] == [True] * 3 + [False] * 3
    assert other.list() == events
    with pytest.raises(UsageError, match="csv"):
        log.export(tmp_path / "out", "csv")
    other.close()
