"""A conversation that is not there is an error, never a new one under a wrong name."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.conversations import Conversations
from ayllu.tests.exchanges import exchange

from .conftest import Ayllu


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_a_mistyped_conversation_is_refused_with_those_there_are(ayllu: Ayllu, home: Path, command: str) -> None:
    conversations = Conversations.open(home / "conversations.sqlite")
    conversations.save(exchange())
    question = ["When?"] if command == "ask" else []
    result = ayllu(command, *question, "--session", "s-typo", "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")
    assert result.json["hint"] == "There are: s1 (When?)."
    assert [info.session_id for info in conversations.sessions.list()] == ["s1"]
    conversations.close()


@pytest.mark.usefixtures("scripted_settings")
@pytest.mark.parametrize("damage", ["header", "version"])
def test_a_damaged_file_of_conversations_is_named_and_questions_are_answered(ayllu: Ayllu, home: Path, damage: str) -> None:
    file = home / "conversations.sqlite"
    Conversations.open(file).close()
    if damage == "header":
        file.write_bytes(b"no database" * 400)
    else:
        with closing(sqlite3.connect(file)) as sql:
            sql.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    result = ayllu("ask", "When is the library open on Sundays?", "--json")
    assert result.code == 0
    assert "14:00" in result.json["answer"]
    (warning,) = [text for text in result.json["warnings"] if "not kept" in text]
    assert str(file) in warning
    assert str(file) in result.err
    assert "Traceback" not in result.err
    chat = ayllu("chat", "--json", stdin="When is the library open on Sundays?\n")
    assert "14:00" in chat.json["answers"][0]["answer"]
    assert str(file) in chat.err
    assert "Rate it" not in ayllu("ask", "When is the library open on Sundays?").out
    rated = ayllu("feedback", "add", result.json["message_id"], "--rating", "up", "--json")
    assert (rated.code, str(file) in rated.json["error"]) == (1, True)
    assert file.read_bytes() == before
