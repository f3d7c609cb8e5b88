"""Training and the loop with the real default model, through the public commands."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SQUAD = Path(__file__).parent / "data" / "squad.json"
DOCUMENT = "The Sarn mill was built in 1887 by the miller Tomas Brandt. Its wheel is made of larch."
pytestmark = pytest.mark.model
Ayllu = Callable[..., dict[str, Any]]


@pytest.fixture
def ayllu(tmp_path: Path) -> Ayllu:
    """Runs one command in a process of its own; its JSON, with the exit status."""

    def run(*words: object) -> dict[str, Any]:
        command = [sys.executable, "-m", "ayllu", "--home", str(tmp_path / "home"), *map(str, words), "--json"]
        process = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert process.stdout.count("\n") == 1, process.stderr
        return {**json.loads(process.stdout), "exit": process.returncode}

    return run


@pytest.mark.slow
def test_an_adapter_is_trained_tried_put_to_work_and_taken_back(ayllu: Ayllu, tmp_path: Path) -> None:
    assert ayllu("feedback", "import", SQUAD)["imported"] == 12
    (tmp_path / "mill.txt").write_text(DOCUMENT)
    ayllu("ingest", tmp_path / "mill.txt")
    question = "Who built the Sarn mill?"
    untuned = ayllu("ask", question)
    assert untuned["adapter"] is None
    trained = ayllu("train", "sft", "--epochs", "1")
    assert trained["exit"] == 0, trained
    assert trained["parity"] == {"probes": 3, "agreed": 3}
    adapter_id = trained["adapter_id"]
    assert [adapter["adapter_id"] for adapter in ayllu("adapters", "list")["adapters"]] == [adapter_id]

    assert ayllu("ask", question, "--adapter", adapter_id)["adapter"] == adapter_id  # to look at it first
    assert ayllu("ask", question, "--adapter", "a1")["kind"] == "not_found"
    assert ayllu("adapters", "promote", adapter_id)["state"] == "promoted"
    assert ayllu("ask", question)["adapter"] == adapter_id
    assert ayllu("ask", question, "--adapter", "none")["answer"] == untuned["answer"]
    assert ayllu("adapters", "rollback")["adapter_id"] is None
    back = ayllu("ask", question)
    assert (back["answer"], back["adapter"]) == (untuned["answer"], None)


@pytest.mark.soak
def test_corrections_are_learnt_from_and_measured(ayllu: Ayllu) -> None:
    assert ayllu("feedback", "import", SQUAD)["imported"] == 12
    result = ayllu("improve", "--epochs", "1")
    assert result["exit"] == 0, result
    assert result["parity"] == {"probes": 3, "agreed": 3}
    assert (result["train_events"], result["heldout_events"], result["metric"]) == (12, 12, "f1")
    for figures in result["figures"].values():
        assert figures["answer_logprob"] < 0 < figures["oracle_f1"] <= 1
    assert result["critic"]["refused"] is not None
    assert [adapter["adapter_id"] for adapter in ayllu("adapters", "list")["adapters"]] == [result["adapter_id"]]


@pytest.mark.soak
def test_shuffled_answers_make_an_adapter_that_is_refused(ayllu: Ayllu, tmp_path: Path) -> None:
    """Each paragraph's answers go round among its questions; every other one is then asked in other words."""
    squad = json.loads(SQUAD.read_text("utf-8"))
    evaluated: dict[str, Any] = {"data": [{"title": "asked", "paragraphs": []}]}
    for paragraph in squad["data"][0]["paragraphs"]:
        sound = [entry for entry in paragraph["qas"] if entry["question"].strip() and entry.get("answers")]
        again = [
            {**entry, "id": f"{entry['id']}-again", "question": f"Tell me: {entry['question']}"} for entry in sound[::2]
        ]
        evaluated["data"][0]["paragraphs"].append({"context": paragraph["context"], "qas": again})
        answers = [entry["answers"] for entry in sound]
        for entry, shuffled in zip(sound, [*answers[1:], answers[0]], strict=True):
            entry["answers"] = shuffled
    (tmp_path / "shuffled.json").write_text(json.dumps(squad))
    (tmp_path / "asked.json").write_text(json.dumps(evaluated))
    ayllu("feedback", "import", tmp_path / "shuffled.json")
    result = ayllu("improve", "--data", tmp_path / "asked.json", "--epochs", "3")
    assert (result["exit"], result["promoted"]) == (0, False), result
    assert result["reason"].startswith("Kept as a candidate")
    assert (result["train_events"], result["heldout_events"]) == (12, 8)
