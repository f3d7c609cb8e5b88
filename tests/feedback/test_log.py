"""The log keeps what it acknowledged, and forgets only when asked."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ayllu.errors import NotFound, UsageError
from ayllu.feedback import FeedbackLog, learning_progress
from ayllu.tests.exchanges import exchange


def test_a_rating_survives_a_kill_right_after_it_is_acknowledged(tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from ayllu.feedback import FeedbackLog
from ayllu.tests.exchanges import exchange
log = FeedbackLog.open(Path({str(tmp_path / "feedback.sqlite")!r}))
print(log.rate(exchange(), rating="up", correction="because"), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        event_id = child.stdout.readline().strip()
        child.send_signal(signal.SIGKILL)
    [event] = FeedbackLog.open(tmp_path / "feedback.sqlite").list()
    assert event.event_id == event_id
    assert event.payload["correction"] == "because"
    assert event.payload["message"] == json.loads(json.dumps(exchange().to_json()))


def test_a_later_word_supersedes_and_both_stay(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "f.sqlite")
    first = log.rate(exchange(), rating="down")
    log.rate(exchange(), rating="up", correction="\x1b[31m[bold] ünï 漢字\n")
    log.rate(exchange("m2"), rating=2)
    assert [event.supersedes for event in log.list()] == [None, first, None]
    stats = log.stats()
    assert (stats.events, stats.up, stats.down, stats.corrections) == (2, 1, 1, 1)
    assert log.list()[1].payload["correction"] == "\x1b[31m[bold] ünï 漢字\n"
    assert learning_progress(stats.corrections, 50) == "1 of about 50 corrections until I can learn from these."
    assert learning_progress(112, 50, 60) == "52 new corrections since the last adapter: improve now? (`ayllu improve`)"


def test_what_is_forgotten_is_gone_from_the_disk_but_leaves_a_tombstone(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "f.sqlite")
    log.rate(exchange(), correction="my secret name")
    assert log.forget("m1") == 1
    assert [event.payload for event in log.list()] == [None]
    assert log.stats().forgotten == 1
    assert not any(b"my secret name" in file.read_bytes() for file in tmp_path.iterdir())
    with pytest.raises(NotFound):
        log.forget("m1")


def test_nonsense_is_refused(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "f.sqlite")
    for said in ({}, {"rating": 9}, {"rating": "maybe"}, {"citation_wrong": 7}, {"abstention": "x"}, {"correction": " "}):
        with pytest.raises(UsageError):
            log.rate(exchange(), **said)
    with pytest.raises(UsageError):
        log.prefer(exchange(), exchange())
    assert log.list() == []


def test_export_is_complete_and_one_object_a_line(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "f.sqlite")
    log.rate(exchange(), rating=5, comment="line\nbreak")
    log.prefer(exchange("m2"), exchange("m3"))
    counts = log.export(tmp_path / "out")
    lines = [json.loads(line) for line in Path(counts["path"]).read_text().splitlines()]
    assert counts["events"] == 2
    assert lines == [event.to_json() for event in log.list()]
