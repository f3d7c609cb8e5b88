"""The loop through the public commands: import, improve (killed in the middle, and again), promote, roll back."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SQUAD = Path(__file__).parent / "squad.json"
DOCUMENT = "The Sarn mill was built in 1887 by the miller Tomas Brandt. Its wheel is made of larch."
pytestmark = pytest.mark.model


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., list[str]]:
    return lambda *words: [sys.executable, "-m", "ayllu", "--home", str(tmp_path / "home"), *map(str, words), "--json"]


@pytest.fixture
def ayllu(command: Callable[..., list[str]]) -> Callable[..., dict[str, Any]]:
    def run(*words: object) -> dict[str, Any]:
        done = subprocess.run(command(*words), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert done.stdout.count("\n") == 1, done.stderr
        return {**json.loads(done.stdout), "exit": done.returncode}

    return run


def test_squad_is_imported_once_and_bad_entries_are_named(ayllu: Callable[..., dict[str, Any]]) -> None:
    first, second = ayllu("feedback", "import", SQUAD), ayllu("feedback", "import", SQUAD)
    assert (first["imported"], first["duplicates"]) == (12, 0)
    assert [one["error"] for one in first["skipped"]] == [
        "its paragraph does not answer it",
        "its question is empty, or no text",
    ]
    assert (second["imported"], second["duplicates"]) == (0, 12)
    event = ayllu("feedback", "list")["events"][0]["payload"]
    assert event["correction"] == "1887 [1]"
    assert "Sarn mill" in event["message"]["passages"][0]["text"]
    assert event["message"]["messages"][0]["prompt"].endswith("Question: In which year was the Sarn mill built?\nAnswer:")


def test_dolly_alpaca_and_our_own_export_are_imported(ayllu: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    dolly = tmp_path / "dolly.jsonl"
    dolly.write_text(
        json.dumps(
            {"instruction": "Who built it?", "context": DOCUMENT, "response": "Tomas Brandt", "category": "closed_qa"}
        )
        + "\n{torn\n[1]\n"
        + json.dumps({"instruction": "Name a colour.", "context": "", "response": "Blue", "category": "open_qa"})
    )
    alpaca = tmp_path / "alpaca.json"
    alpaca.write_text(
        json.dumps([{"instruction": "Which wood?", "input": DOCUMENT, "output": "larch"}, {"instruction": "No"}])
    )
    one = ayllu("feedback", "import", dolly)
    assert one["imported"] == 2
    assert [skipped["line"] for skipped in one["skipped"]] == [2, 3]
    two = ayllu("feedback", "import", alpaca)
    assert (two["imported"], len(two["skipped"])) == (1, 1)
    ayllu("feedback", "export", "-o", tmp_path / "out")
    again = ayllu("feedback", "import", tmp_path / "out" / "feedback.jsonl")
    assert (again["imported"], again["duplicates"]) == (0, 3)


def test_nothing_to_import_and_nothing_to_learn_are_said(ayllu: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("hello\n")
    failed = ayllu("feedback", "import", tmp_path / "none.jsonl")
    assert failed["exit"] == 1
    assert "line 1, it is not JSON" in failed["error"]
    refused = ayllu("improve")
    assert (refused["exit"], refused["kind"]) == (1, "too_little")
    idle = ayllu("improve", "--when", "50")
    assert (idle["exit"], idle["promoted"]) == (0, False)
    assert "0 new corrections" in idle["reason"]


def test_a_killed_improvement_leaves_nothing_half_and_is_taken_up(
    ayllu: Callable[..., dict[str, Any]], command: Callable[..., list[str]], tmp_path: Path
) -> None:
    ayllu("feedback", "import", SQUAD)
    document = tmp_path / "mill.txt"
    document.write_text(DOCUMENT)
    ayllu("ingest", document)
    question = "Who built the Sarn mill?"
    untuned = ayllu("ask", question)
    assert untuned["adapter"] is None
    adapters = tmp_path / "home" / "adapters"
    with subprocess.Popen(
        command("improve", "--epochs", "1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 120
        while not list(adapters.glob(".work/*/whole/done.json")) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        process.kill()
    assert ayllu("adapters", "list")["adapters"] == []
    trained_at = next(adapters.glob(".work/*/whole/done.json")).stat().st_mtime
    began = time.time()
    done = ayllu("improve", "--epochs", "1")
    assert done["exit"] == 0, done
    assert trained_at < began
    assert done["parity"]["agreed"] >= 0.95 * done["parity"]["probes"]
    assert (done["train_events"], done["heldout_events"], done["metric"]) == (12, 12, "f1")
    assert done["interval"][0] <= done["after"] - done["before"] <= done["interval"][1]
    assert {"general", "citation_precision", "abstention"} == done["guards"].keys()
    adapter_id = done["adapter_id"]
    assert "Answers side by side" in (adapters / adapter_id / "report.md").read_text("utf-8")
    assert [one["adapter_id"] for one in ayllu("adapters", "list")["adapters"]] == [adapter_id]
    assert list(adapters.glob(".work/*")) == []

    assert ayllu("adapters", "promote", adapter_id)["state"] == "promoted"
    assert ayllu("ask", question)["adapter"] == adapter_id
    assert ayllu("adapters", "rollback")["adapter_id"] is None
    back = ayllu("ask", question)
    assert (back["answer"], back["adapter"]) == (untuned["answer"], None)
