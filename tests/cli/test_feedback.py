import json
from pathlib import Path
from typing import Any

import pytest
from ayllu.conversations import Conversations
from ayllu.tests.exchanges import exchange

from .conftest import Ayllu


@pytest.fixture
def answers(home: Path) -> Path:
    """A home with two answers, `m1` and `m2`."""
    conversations = Conversations.open(home / "conversations.sqlite")
    for message_id, text in (("m1", "At 7:45 [1]"), ("m2", "At noon [1]")):
        conversations.save(exchange(message_id, text))
    conversations.close()
    return home


def events(ayllu: Ayllu) -> list[dict[str, Any]]:
    listed = ayllu("feedback", "list", "--json").json["events"]
    assert isinstance(listed, list)
    return listed


@pytest.mark.usefixtures("answers")
def test_a_correction_is_kept_whole_and_the_way_to_learning_is_told(ayllu: Ayllu) -> None:
    result = ayllu("feedback", "add", "m1", "--rating", "down", "--correction", "7:45 [1]", "--json")
    assert result.code == 0
    assert "1 of about 50" in result.json["progress"]
    assert result.json["usable"]["training"] is True
    assert result.json["usable"]["memory"] is True
    (event,) = events(ayllu)
    assert event["event_id"] == result.json["event_id"]
    assert event["payload"]["correction"] == "7:45 [1]"
    assert event["payload"]["message"]["answer"]["answer"] == "At 7:45 [1]"


@pytest.mark.usefixtures("answers")
def test_a_correction_that_teaches_nothing_is_kept_and_does_not_count(ayllu: Ayllu) -> None:
    result = ayllu("feedback", "add", "m1", "--correction", "At 8:00 [1]", "--json").json
    assert "“8:00” stands in none of the passages shown. Take it from the passage." in result["usable"]["training"]
    assert "0 of about 50" in result["progress"]
    assert "Nothing can be learnt from it" in ayllu("feedback", "add", "m2", "--correction", "At nine").out
    assert "0 of about 50" in ayllu("feedback", "stats", "--json").json["progress"]
    assert ayllu("improve", "--when", "1", "--json").json["reason"].startswith("0 new corrections since the last adapter")


@pytest.mark.usefixtures("answers")
def test_a_long_correction_comes_from_stdin(ayllu: Ayllu) -> None:
    assert ayllu("feedback", "add", "m1", "--correction", "-", stdin="line one\nline two\n").code == 0
    assert events(ayllu)[0]["payload"]["correction"] == "line one\nline two"


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--rating", "6"),
        ("--rating", "good"),
        ("--correction", " "),
        ("--citation-wrong", "2"),
        ("--abstention", "maybe"),
    ],
)
def test_feedback_that_says_nothing_or_does_not_fit_is_wrong_usage(ayllu: Ayllu, words: tuple[str, ...]) -> None:
    result = ayllu("feedback", "add", "m1", *words, "--json")
    assert (result.code, result.json["kind"]) == (2, "usage")
    assert events(ayllu) == []


@pytest.mark.usefixtures("answers")
def test_ratings_of_every_form_are_counted(ayllu: Ayllu) -> None:
    for words in (("--rating", "up"), ("--rating", "2"), ("--citation-wrong", "1"), ("--abstention", "wrong")):
        assert ayllu("feedback", "add", "m1" if words[-1] != "2" else "m2", *words).code == 0
    assert ayllu("feedback", "prefer", "m1", "m2", "--json").json["event_id"]
    stats = ayllu("feedback", "stats", "--json").json
    assert (stats["up"], stats["down"], stats["preferences"], stats["citation_wrong"]) == (1, 1, 1, 1)


@pytest.mark.usefixtures("answers")
def test_an_answer_cannot_be_preferred_to_itself(ayllu: Ayllu) -> None:
    assert ayllu("feedback", "prefer", "m1", "m1").code == 2


@pytest.mark.usefixtures("answers")
def test_what_is_forgotten_is_gone_from_list_and_export(ayllu: Ayllu, tmp_path: Path) -> None:
    kept = ayllu("feedback", "add", "m1", "--rating", "up", "--json").json["event_id"]
    ayllu("feedback", "add", "m2", "--comment", "a secret")
    assert ayllu("feedback", "forget", "m2", "--json").json == {"forgotten": 1, "remains": []}
    result = ayllu("feedback", "export", "--format", "jsonl", "-o", tmp_path / "out", "--json").json
    lines = [json.loads(line) for line in (tmp_path / "out" / "feedback.jsonl").read_text("utf-8").splitlines()]
    assert result["events"] == 1
    assert [line["event_id"] for line in lines] == [kept]
    assert "a secret" not in ayllu("feedback", "list").out
    assert ayllu("feedback", "forget", "m2").code == 1


def test_an_answer_that_is_not_there_exits_1(ayllu: Ayllu) -> None:
    result = ayllu("feedback", "add", "m9", "--rating", "up", "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")


@pytest.mark.usefixtures("answers")
def test_a_rating_replaces_the_one_before_and_can_be_taken_back(ayllu: Ayllu) -> None:
    for words in (("--rating", "up"), ("--correction", "At 8"), ("--rating", "down"), ("--citation-wrong", "1")):
        ayllu("feedback", "add", "m1", *words)
    stats = ayllu("feedback", "stats", "--json").json
    assert (stats["up"], stats["down"], stats["corrections"], stats["citation_wrong"]) == (0, 1, 1, 1)
    assert [event["standing"] for event in events(ayllu)] == [[], ["correction"], ["rating"], ["citation_wrong:1"]]

    assert ayllu("feedback", "add", "m1", "--rating", "down", "--citation-wrong", "1", "--take-back", "--json").json[
        "event_id"
    ]
    stats = ayllu("feedback", "stats", "--json").json
    assert (stats["ratings"], stats["corrections"], stats["citation_wrong"]) == (0, 1, 0)
    assert ayllu("feedback", "add", "m1", "--take-back").code == 0
    assert ayllu("feedback", "stats", "--json").json["events"] == 0
    result = ayllu("feedback", "add", "m1", "--take-back", "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")
    assert "taken back: rating, citation_wrong:1" in ayllu("feedback", "list").out


@pytest.mark.usefixtures("answers")
def test_what_is_used_for_nothing_says_why_and_what_would_mend_it(ayllu: Ayllu) -> None:
    assert (
        "nothing reads them: write what the answer should have been" in ayllu("feedback", "add", "m1", "--comment", "?").out
    )
    assert "neither that the answer is right nor that it is wrong" in ayllu("feedback", "add", "m1", "--rating", "3").out
    assert "Used for: the share of answers that are right" in ayllu("feedback", "add", "m1", "--rating", "down").out
