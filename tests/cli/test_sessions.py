"""`ayllu sessions`, and the slash commands of the line chat."""

import pytest
from ayllu import paths
from ayllu.app import Application
from ayllu.conversations import Unsupported, Withdrawn
from ayllu.tests.exchanges import exchange

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


@pytest.fixture
def ids(ayllu: Ayllu) -> list[str]:
    """The ids of two conversations, the last used first."""
    first = ayllu("ask", "When is the library open on Sundays?", "--json").json
    second = ayllu("ask", "What does a lost card cost?", "--json").json
    return [second["session_id"], first["session_id"]]


def test_conversations_are_listed_filtered_shown_and_renamed(ayllu: Ayllu, ids: list[str]) -> None:
    sessions = ayllu("sessions", "list", "--json").json["sessions"]
    assert [session["id"] for session in sessions] == ids
    assert sessions[0].keys() == {"id", "title", "questions", "updated_at"}
    assert (sessions[0]["title"], sessions[0]["questions"]) == ("What does a lost card cost?", 1)
    assert [session["id"] for session in ayllu("sessions", "list", "--filter", "SUNDAY", "--json").json["sessions"]] == ids[
        1:
    ]
    assert "now" in ayllu("sessions", "list").out
    shown = ayllu("sessions", "show", ids[1], "--json").json
    assert [turn["question"] for turn in shown["exchanges"]] == ["When is the library open on Sundays?"]
    assert "> When is the library open on Sundays?" in ayllu("sessions", "show", ids[1]).out
    assert ayllu("sessions", "rename", ids[1], "Hours", "--json").json["title"] == "Hours"


def test_a_conversation_shows_what_no_document_holds_and_what_was_withdrawn(ayllu: Ayllu) -> None:
    marked = {"unsupported": (Unsupported("Bananas grow.", 17, 30),), "withdrawn": Withdrawn("Of cheese.", "no support")}
    with Application(paths.find()) as application:
        kept = exchange(text="It is 10:00 [1]. Bananas grow.", answered=marked, thought="Let me see.")
        application.conversations.save(kept)
    out = ayllu("sessions", "show", "s1").out
    assert "Bananas grow. (not found in the documents)" in out
    assert "Draft withdrawn: no support\n  Of cheese." in out
    (turn,) = ayllu("sessions", "show", "s1", "--json").json["exchanges"]
    assert (turn["thought"], turn["withdrawn"]["text"]) == ("Let me see.", "Of cheese.")
    assert turn["answer"][turn["unsupported"][0]["start"] :] == "Bananas grow."


def test_conversations_are_removed_and_unknown_names_are_said(ayllu: Ayllu, ids: list[str]) -> None:
    assert ayllu("sessions", "remove", ids[0], "--json").json == {
        "removed": 1,
        "sessions": ids[:1],
        "remains": [],
    }
    assert [session["id"] for session in ayllu("sessions", "list", "--json").json["sessions"]] == ids[1:]
    for words in (("show", ids[0]), ("remove", ids[0]), ("rename", ids[0], "x")):
        result = ayllu("sessions", *words, "--json")
        assert (result.code, result.json["kind"]) == (1, "not_found")
    assert ayllu("sessions", "remove", "--json").json["kind"] == "usage"
    assert ayllu("sessions", "remove", "--all", "--json").json["removed"] == 1
    assert "No conversation is kept yet" in ayllu("sessions", "list").out


def test_slash_commands_of_the_line_chat_are_not_searched_for(ayllu: Ayllu) -> None:
    lines = (
        "/help\nWhen is the library open on Sundays?\n/new\n /new is what?\n/sessions\n/quit\nWhat does a lost card cost?\n"
    )
    result = ayllu("chat", "--json", stdin=lines)
    assert result.code == 0
    answers = result.json["answers"]
    assert [answer["question"] for answer in answers] == ["When is the library open on Sundays?", "/new is what?"]
    assert answers[0]["session_id"] != answers[1]["session_id"]
    assert "/sessions: " in result.err
    assert f"{answers[0]['session_id']}  When is the library open" in result.err


def test_an_unknown_slash_command_is_said_and_the_next_line_goes_on(ayllu: Ayllu) -> None:
    result = ayllu("chat", "--json", stdin="/hlep\nWhen is the library open on Sundays?\n")
    failed, answer = result.json["answers"]
    assert result.code == 1
    assert (failed["question"], failed["kind"]) == ("/hlep", "usage")
    assert "/help" in failed["hint"]
    assert "14:00" in answer["answer"]
