"""A conversation that is not there is an error, never a new one under a wrong name."""

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
