"""The file of all conversations."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.conversations import Conversations, ExchangeUnreadable
from ayllu.errors import NotFound
from ayllu.tests.conversations.test_exchange import old_row
from ayllu.tests.exchanges import exchange


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def conversations(file: Path) -> Iterator[Conversations]:
    conversations = Conversations.open(file)
    yield conversations
    conversations.close()


def test_an_exchange_is_kept_and_found_by_its_answer_and_its_conversation(conversations: Conversations) -> None:
    kept = exchange()
    conversations.save(kept)
    conversations.save(exchange("m2", answered={"session_id": "s2"}))
    assert conversations.get("m1") == kept
    assert conversations.exchanges("s1") == [kept]
    assert [(info.session_id, info.questions) for info in conversations.sessions.list()] == [("s2", 1), ("s1", 1)]
    conversations.save(exchange("m3"))
    assert conversations.exchanges("s1", latest=1) == [exchange("m3")]
    with pytest.raises(NotFound, match="m9"):
        conversations.get("m9")


@pytest.mark.parametrize("body", ["{", "[]", '{"version": 99}', '{"question": "When?"}'])
def test_an_exchange_that_cannot_be_read_does_not_bar_its_conversation(
    conversations: Conversations, file: Path, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    conversations.save(exchange("m1"))
    with sqlite3.connect(file) as sql:
        sql.execute("INSERT INTO messages VALUES ('m2', 's1', '', 'When?', ?)", (body,))
    assert conversations.exchanges("s1") == conversations.latest_answered("s1", 3) == [exchange("m1")]
    assert "goes on without it" in caplog.text
    with pytest.raises(ExchangeUnreadable):
        conversations.get("m2")


def test_what_a_question_looks_back_at_are_the_latest_answers_and_no_more_is_read(
    conversations: Conversations, file: Path
) -> None:
    with sqlite3.connect(file) as sql:
        sql.execute("INSERT INTO messages VALUES ('m0', 's1', '', 'damaged', '{')")
    for name, kind in (("m1", "draft"), ("m2", "abstained"), ("m3", "quote"), ("m4", "abstained")):
        conversations.save(exchange(name, answered={"kind": kind}))
    conversations.save(exchange("m5", answered={"session_id": "s2"}))
    assert [kept.message_id for kept in conversations.latest_answered("s1", 2)] == ["m1", "m3"]
    assert [kept.message_id for kept in conversations.latest_answered("s1", 1)] == ["m3"]
    assert conversations.latest_answered("s9", 3) == []


def test_a_conversation_that_0_1_0_kept_goes_on(conversations: Conversations, file: Path) -> None:
    with sqlite3.connect(file) as sql:
        row = old_row()
        columns = (row["message_id"], row["session_id"], row["created_at"], row["question"], json.dumps(row))
        sql.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", columns)
    conversations.save(exchange("m2"))
    assert [kept.answer.short for kept in conversations.exchanges("s1")] == ["7:45", "At 7:45 [1]"]


def test_a_question_that_is_asked_again_is_not_offered_beside_its_answer(conversations: Conversations) -> None:
    conversations.save_question("s1", "When?")
    conversations.save_question("s2", "When?")
    again = conversations.save_question("s1", "When?")
    assert conversations.unanswered("s1") == ["When?"]
    conversations.answered(again)
    assert (conversations.unanswered("s1"), conversations.unanswered("s2")) == ([], ["When?"])
