"""`ayllu eval`: two runs over one file, and what the second gained."""

import json
from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    entries = [
        {"id": colour, "question": f"When was the {colour} house built?", "answers": [f"{year}"]}
        | {"context": f"The {colour} house was built in {year}."}
        for year, colour in enumerate(["red", "blue", "green"], start=1900)
    ]
    file.write_text("\n".join(map(json.dumps, entries)))
    return file


def test_two_runs_are_compared_by_what_they_wrote(ayllu: Ayllu, questions: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    figures = ayllu("eval", "answers", questions, "--predictions", a, "--json").json
    assert (figures["team"], figures["contains"], figures["supported"]) == ("default", 1, None)
    b.write_text(a.read_text())
    compared = ayllu("eval", "pair", a, b, "--json").json
    nothing = {"gain": 0, "interval": [0, 0], "p": 1, "p_adjusted": 1, "n": 3}
    assert compared["metrics"]["contains"] == {"a": 1, "b": 1, **nothing}
    assert (compared["questions"], compared["units"], compared["sets"]) == (3, 3, {"questions.jsonl": 3})
    shown = ayllu("eval", "pair", f"{a},{b}", f"{a},{b}")
    assert shown.code == 1
    assert "has been answered on the same side before" in shown.err
    shown = ayllu("eval", "pair", a, a)
    assert "contains: 1.000 to 1.000, gain +0.000 (+0.000 to +0.000)" in shown.out


def test_predictions_of_another_run_are_left_alone(ayllu: Ayllu, questions: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    assert ayllu("eval", "retrieval", questions, "--predictions", file).code == 0
    failure = ayllu("eval", "answers", questions, "--predictions", file, "--json")
    assert failure.code == 1
    assert failure.json["kind"] == "predictions"


def test_a_team_that_is_not_there_is_named_before_anything_is_done(ayllu: Ayllu, questions: Path) -> None:
    failure = ayllu("eval", "answers", questions, "--team", "nobody", "--json")
    assert "There is no team `nobody`" in failure.json["error"]
    assert "plain" in failure.json["hint"]
