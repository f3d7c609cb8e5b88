"""A correction answers at once, on the command line, in the line chat and where a server answers; and can be looked at."""

import json
from pathlib import Path

import pytest

from .conftest import Ayllu

ASKED = "When does the ferry to Amantani leave?"


@pytest.fixture
def ferry(ayllu: Ayllu, handbook: Path, scripted_settings: None) -> str:
    """The id of an answer about the handbook."""
    assert ayllu("ingest", handbook).code == 0
    message_id = ayllu("ask", ASKED, "--json").json["message_id"]
    assert isinstance(message_id, str)
    return message_id


def test_a_correction_is_the_answer_from_now_on_and_is_listed_until_it_is_removed(ayllu: Ayllu, ferry: str) -> None:
    kept = ayllu("feedback", "add", ferry, "--correction", "early, at 7:45", "--json").json
    assert (kept["usable"]["memory"], kept["usable"]["training"]) == (True, True)
    assert "--abstention" in kept["usable"]["critic"]

    answer = ayllu("ask", ASKED, "--json").json
    assert answer["memory"]["id"] == kept["event_id"]
    assert (answer["short"], answer["kind"], answer["backend"]) == ("early, at 7:45", "draft", "none")
    shown = ayllu("ask", ASKED).out
    assert "✎ You corrected this on " in shown
    assert "from memory" in shown
    chat = ayllu("chat", "--json", stdin=f"{ASKED}\n").json["answers"][0]
    assert chat["memory"]["id"] == kept["event_id"]

    (entry,) = ayllu("memory", "list", "--json").json["entries"]
    assert (entry["id"], entry["question"], entry["answer"]) == (kept["event_id"], ASKED, "early, at 7:45")
    assert (entry["document"].endswith("ferry.md"), entry["stale"], entry["message_id"]) == (True, False, ferry)
    shown_entry = ayllu("memory", "show", ferry, "--json").json
    assert shown_entry["sentence"] == "The ferry to Amantani leaves at 7:45 from pier 3."
    assert "in the words of the passage: 7:45" in ayllu("memory", "show", entry["id"]).out

    assert ayllu("memory", "remove", entry["id"], "--json").json == {"removed": 1, "entries": [entry["id"]]}
    assert ayllu("memory", "list", "--json").json == {"entries": []}
    assert ayllu("ask", ASKED, "--json").json["memory"] is None
    assert ayllu("feedback", "stats", "--json").json["corrections"] == 1
    assert ayllu("memory", "show", entry["id"]).code == 1


def test_an_answer_that_was_preferred_is_remembered_until_it_is_removed(ayllu: Ayllu, ferry: str) -> None:
    other = ayllu("ask", ASKED, "--json").json["message_id"]
    kept = ayllu("feedback", "prefer", ferry, other, "--json").json
    (entry,) = ayllu("memory", "list", "--json").json["entries"]
    assert (entry["id"], entry["message_id"]) == (kept["event_id"], ferry)
    assert ayllu("memory", "remove", entry["id"], "--json").json["removed"] == 1
    assert ayllu("memory", "list", "--json").json == {"entries": []}


def test_a_document_that_was_read_again_and_differs_makes_it_stale(ayllu: Ayllu, ferry: str, handbook: Path) -> None:
    ayllu("feedback", "add", ferry, "--correction", "at 7:45")
    (handbook / "ferry.md").write_text("# The ferry\n\nThe ferry to Amantani leaves at 8:15 from pier 3.\n", "utf-8")
    ayllu("ingest", handbook)
    answer = ayllu("ask", ASKED, "--json").json
    assert (answer["memory"], answer["recollections"][0]["stale"]) == (None, "ferry.md has changed since")
    (entry,) = ayllu("memory", "list", "--json").json["entries"]
    assert (entry["stale"], entry["why_stale"]) == (True, "ferry.md has changed since")
    assert "not used, for ferry.md has changed since." in ayllu("ask", ASKED).out


def test_the_setting_turns_it_off(ayllu: Ayllu, ferry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_AGENTS__MEMORY", "false")
    usable = ayllu("feedback", "add", ferry, "--correction", "at 7:45", "--json").json["usable"]
    assert usable["memory"] == "Memory is turned off: `agents.memory = true` in the settings turns it on."
    answer = ayllu("ask", ASKED, "--json").json
    assert (answer["memory"], answer["recollections"]) == (None, [])


def test_somebody_elses_entry_is_shown_as_theirs_and_not_removed(
    ayllu: Ayllu, ferry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_PERSON", "ben")
    entry = ayllu("feedback", "add", ferry, "--correction", "at 7:45", "--json").json["event_id"]
    monkeypatch.setenv("AYLLU_PERSON", "ana")
    answer = ayllu("ask", ASKED, "--json").json
    assert (answer["memory"], answer["recollections"][0]["person"]) == (None, "ben")
    assert "✎ ben corrected this on " in ayllu("ask", ASKED).out
    assert ayllu("memory", "remove", entry).code == 2
    assert ayllu("feedback", "forget", entry).code == 0
    assert ayllu("ask", ASKED, "--json").json["recollections"] == []


@pytest.mark.usefixtures("ferry")
def test_what_judges_nothing_says_what_would(ayllu: Ayllu, ferry: str) -> None:
    usable = ayllu("feedback", "add", ferry, "--rating", "partly", "--json").json["usable"]
    assert usable["memory"] == "It says nothing of the right answer: write that with --correction."
    stats = ayllu("feedback", "stats", "--json").json
    assert (stats["up"], stats["partly"], stats["down"]) == (0, 1, 0)
    assert ayllu("feedback", "add", ferry, "--rating", "up", "--json").json["usable"]["memory"] is True
    (entry,) = ayllu("memory", "list", "--json").json["entries"]
    assert entry["kind"] == "accepted"


def test_an_evaluation_remembers_only_where_it_is_told_to(ayllu: Ayllu, ferry: str, tmp_path: Path) -> None:
    ayllu("feedback", "add", ferry, "--correction", "in the early morning")
    text = "The ferry to Amantani leaves at 7:45 from pier 3."
    questions = tmp_path / "questions.jsonl"
    row = f'{{"id": "q1", "question": "{ASKED}", "answers": ["in the early morning"], "context": "{text}"}}\n'
    questions.write_text(row, "utf-8")
    assert ayllu("eval", "answers", questions, "--json").json["exact_match"] == 0
    assert ayllu("eval", "answers", questions, "--memory", "--json").json["exact_match"] == 1


def test_in_an_evaluation_of_the_search_what_was_said_takes_part_only_when_asked(
    ayllu: Ayllu, ferry: str, tmp_path: Path
) -> None:
    ayllu("feedback", "add", ferry, "--correction", "early, at 7:45")
    right = "The ferry to Amantani leaves at 7:45 from pier 3. It returns at noon. Dogs travel free."
    other = "When does the ferry leave, when does the ferry to Amantani leave? Nobody knows when the ferry does."
    lines = [{"id": "a", "question": ASKED, "answers": ["7:45"], "context": right}]
    lines += [{"id": "b", "question": "Who knows?", "answers": ["Nobody"], "context": other}]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    plain = ayllu("eval", "retrieval", file, "--json").json
    helped = ayllu("eval", "retrieval", file, "--memory", "--json").json
    assert (plain["recall@1"], helped["recall@1"]) == (0.5, 1.0)


def test_where_no_adapter_can_be_trained_it_is_still_told_what_all_else_gained(ayllu: Ayllu, ferry: str) -> None:
    ayllu("feedback", "add", ferry, "--correction", "early, at 7:45")
    outcome = ayllu("improve", "--json")
    assert outcome.code == 1
    assert outcome.json["parts"]["memory"]["corrections"] == 1
    assert outcome.json["uses"]["usable"]["memory"] == 1
    assert "loads no adapters" in outcome.json["error"]
    assert "Memory: 1 of 1 corrected question answered so" in ayllu("improve").out
