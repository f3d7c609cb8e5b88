"""Conversations are found again by their titles, in the order of their last use, and go when they are removed."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.conversations import Conversations, SessionInfo
from ayllu.errors import NotFound
from ayllu.tests.exchanges import exchange, old_row

VERSION_1 = """
CREATE TABLE messages (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, created_at TEXT NOT NULL, question TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX messages_by_session ON messages (session, id);
CREATE TABLE questions (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, question TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE drafts (session TEXT PRIMARY KEY, text TEXT NOT NULL);
PRAGMA user_version = 1;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def conversations(file: Path) -> Iterator[Conversations]:
    conversations = Conversations.open(file)
    yield conversations
    conversations.close()


def ids(conversations: Conversations) -> list[str]:
    return [info.session_id for info in conversations.sessions.list()]


def test_a_conversation_has_its_first_question_as_title_a_count_and_a_time(conversations: Conversations) -> None:
    conversations.save(exchange("m1", question="When?\nAnd why?"))
    conversations.save(exchange("m2", question="Where?", created_at="2026-01-02T10:00:00.000+00:00"))
    assert conversations.sessions.list() == [SessionInfo("s1", "When? And why?", 2, "2026-01-02T10:00:00.000+00:00")]


def test_the_last_used_comes_first_whatever_the_clock_says(conversations: Conversations) -> None:
    conversations.save(exchange("m9", answered={"session_id": "s9"}, created_at="2099-01-01T00:00:00.000+00:00"))
    conversations.save(exchange("m1", answered={"session_id": "s1"}, created_at="1999-01-01T00:00:00.000+00:00"))
    assert (ids(conversations), conversations.sessions.latest()) == (["s1", "s9"], "s1")
    conversations.save_question("s9", "And?")
    assert (ids(conversations), conversations.sessions.latest()) == (["s9", "s1"], "s9")


def test_what_was_only_asked_or_only_typed_is_a_conversation_too(conversations: Conversations) -> None:
    session = conversations.new_session()
    conversations.save_question(session, "Never answered?")
    conversations.save_draft("s2", "half a thought")
    typed, cut_off = conversations.sessions.list()
    assert (typed.session_id, typed.title, typed.questions) == ("s2", "half a thought", 0)
    assert (cut_off.session_id, cut_off.title, cut_off.questions) == (session, "Never answered?", 1)
    assert cut_off.updated_at.startswith("20")
    conversations.save_draft("s2", "")
    assert ids(conversations) == [session]


def test_an_answered_question_counts_once(conversations: Conversations) -> None:
    question_id = conversations.save_question("s1", "When?")
    conversations.save(exchange("m1"), question_id)
    assert [info.questions for info in conversations.sessions.list()] == [1]
    assert conversations.unanswered("s1") == []


def test_a_title_can_be_given_and_taken_away(conversations: Conversations) -> None:
    conversations.save(exchange("m1"))
    assert conversations.sessions.rename("s1", "  The\tferry ").title == "The ferry"
    assert [info.title for info in conversations.sessions.list()] == ["The ferry"]
    assert conversations.sessions.rename("s1", " ").title == "When?"


def test_what_is_removed_is_gone_from_the_disk_and_nothing_else_is(conversations: Conversations, tmp_path: Path) -> None:
    conversations.save_question("s1", "my secret question")
    conversations.save(exchange("m1", "a secret answer"))
    conversations.save_draft("s1", "a secret draft")
    conversations.save(exchange("m2", answered={"session_id": "s2"}))
    conversations.save_question("s2", "Kept?")
    assert conversations.sessions.remove("s1") == []
    assert ids(conversations) == ["s2"]
    assert (conversations.exchanges("s1"), conversations.unanswered("s1"), conversations.draft("s1")) == ([], [], "")
    assert conversations.input_history() == ["Kept?"]
    assert [kept.message_id for kept in conversations.exchanges("s2")] == ["m2"]
    assert not any(b"secret" in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["nosuch", "", "caf\udcc3", "s1 "])
def test_an_unknown_conversation_is_an_error_that_names_those_there_are(conversations: Conversations, name: str) -> None:
    with pytest.raises(NotFound, match="no conversation") as nothing:
        conversations.sessions.get(name)
    assert "none yet" in nothing.value.hint
    conversations.save(exchange("m1"))
    for act in (
        conversations.sessions.get,
        conversations.sessions.remove,
        lambda it: conversations.sessions.rename(it, "x"),
    ):
        with pytest.raises(NotFound) as caught:
            act(name)
        assert caught.value.hint == "There are: s1 (When?)."
    for n in range(9):
        conversations.save_draft(f"s{n}", "…")
    with pytest.raises(NotFound) as caught:
        conversations.sessions.get(name)
    assert "s8 (…)" in caught.value.hint
    assert "`ayllu sessions list` shows all" in caught.value.hint


def test_a_long_conversation_is_read_page_by_page(conversations: Conversations) -> None:
    names = [f"m{n}" for n in (5, 3, 9, 1, 7)]  # in the order in which they came, not in that of their ids
    for name in names:
        conversations.save(exchange(name))
    last = conversations.exchanges("s1", 2)
    before = conversations.exchanges("s1", 2, before=last[0].message_id)
    first = conversations.exchanges("s1", 2, before=before[0].message_id)
    assert [kept.message_id for kept in (*first, *before, *last)] == names
    assert [kept.message_id for kept in conversations.exchanges("s1")] == names
    assert [kept.message_id for kept in conversations.latest_answered("s1", 2)] == names[-2:]


def test_conversations_of_version_1_are_listed_in_the_order_of_their_last_use(file: Path) -> None:
    with sqlite3.connect(file) as sql:
        sql.executescript(VERSION_1)
        for name, session in (("m1", "s1"), ("m2", "s2"), ("m3", "s1")):
            body = json.dumps(old_row(message_id=name, session_id=session))
            sql.execute("INSERT INTO messages VALUES (?, ?, '2026-01-01', 'and when?', ?)", (name, session, body))
        sql.execute("INSERT INTO questions (id, session, question) VALUES ('q4', 's3', 'Cut off?')")
        sql.execute("INSERT INTO drafts VALUES ('s0', 'typed')")
    sql.close()
    conversations = Conversations.open(file)
    assert [(info.session_id, info.questions) for info in conversations.sessions.list()] == [
        ("s3", 1),
        ("s1", 2),
        ("s2", 1),
        ("s0", 0),
    ]
    conversations.sessions.remove("s0")
    assert b"typed" not in (file.parent / "conversations.v1.sqlite").read_bytes()
    conversations.close()
