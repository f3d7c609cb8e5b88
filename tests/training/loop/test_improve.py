"""The loop through the public commands: import, improve (killed in the middle, and again), promote, roll back."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ayllu.training.loop.adapter_folder import read_learned_from

SQUAD = Path(__file__).parents[1] / "data" / "squad.json"
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


def test_it_trains_on_files_and_on_other_bases_and_leaves_the_log_alone(
    ayllu: Callable[..., dict[str, Any]], tiny: Path, tmp_path: Path
) -> None:
    quick = ("--epochs", "1", "--base", tiny)
    done = ayllu("train", "sft", "--data", SQUAD, *quick)
    assert (done["exit"], done["base"]) == (0, tiny.name)
    assert done["dataset"]["corrections"] == 9  # of four paragraphs' questions, one's are held out
    assert done["eval_loss"] > 0
    assert done["peak_rss_bytes"] > 10**8
    assert done["dataset"]["cut"] == 0
    assert ayllu("feedback", "list")["events"] == []
    folder = tmp_path / "home" / "adapters" / done["adapter_id"]
    assert {one.name for one in folder.iterdir()} == {
        "adapter.gguf",
        "entry.json",
        "learnt.json",
        "learnt_from.json",
        "peft",
    }
    assert len(read_learned_from(folder) or ()) == 4 + 12  # paragraphs, and their questions
    assert read_learned_from(folder / "peft") is None
    short = ayllu("train", "sft", "--data", SQUAD, *quick, "--max-tokens", "64")
    assert short["dataset"]["cut"] == short["dataset"]["examples"]

    ayllu("feedback", "import", SQUAD)
    exported = ayllu("feedback", "export", "--format", "sft", "-o", tmp_path / "out")
    assert exported["corrections"] == 12
    lines = [json.loads(line) for line in (tmp_path / "out" / "sft.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == exported["examples"]
    assert {"prompt", "completion"} <= lines[0].keys()
    assert "12 corrections" in (tmp_path / "out" / "README.md").read_text("utf-8")
    again = ayllu("train", "sft", "--data", tmp_path / "out", *quick)
    assert len(lines) / 2 < again["dataset"]["examples"] < len(lines)
    nothing = ayllu("train", "sft", "--data", tmp_path / "none.json")
    assert (nothing["exit"], nothing["kind"]) == (2, "usage")


def test_bases_that_cannot_be_answered_with_here_are_refused_by_name(
    ayllu: Callable[..., dict[str, Any]], tiny: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    Qwen2ForCausalLM(Qwen2Config(vocab_size=98, num_key_value_heads=2, eos_token_id=0, **shape)).save_pretrained(
        tmp_path / "qwen"
    )
    AutoTokenizer.from_pretrained(tiny).save_pretrained(tmp_path / "qwen")
    ayllu("feedback", "import", SQUAD)
    refused = ayllu("improve", "--base", tiny)
    assert (refused["exit"], refused["kind"]) == (1, "unsupported")
    assert "is not the model in use" in refused["error"]
    assert "`qwen2`" in ayllu("improve", "--base", tmp_path / "qwen")["error"]
    kept = ayllu("train", "sft", "--base", tmp_path / "qwen", "--epochs", "1")
    assert (kept["exit"], kept["parity"]) == (0, None)
    folder = tmp_path / "home" / "adapters" / kept["adapter_id"]
    assert {one.name for one in folder.iterdir()} == {"entry.json", "learnt.json", "learnt_from.json", "peft"}
    nowhere = ayllu("train", "sft", "--base", tmp_path / "nowhere")
    assert (nowhere["exit"], nowhere["kind"]) == (1, "not_found")
    four = ayllu("train", "sft", "--base", tiny, "--four-bit", "--device", "cpu")
    assert (four["exit"], four["kind"]) == (2, "usage")


def test_corrections_with_shuffled_answers_are_trained_measured_and_refused(
    ayllu: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Each paragraph's answers go round among its questions; every other one is then asked in other words."""
    whole = json.loads(SQUAD.read_text("utf-8"))
    asked: dict[str, Any] = {"data": [{"title": "asked", "paragraphs": []}]}
    for paragraph in whole["data"][0]["paragraphs"]:
        sound = [one for one in paragraph["qas"] if one["question"].strip() and one.get("answers")]
        for one, answers in zip(sound, [*sound[1:], sound[0]], strict=True):
            one["shuffled"] = answers["answers"]
        again = [{**one, "id": f"{one['id']}-asked", "question": f"Tell me: {one['question']}"} for one in sound[::2]]
        asked["data"][0]["paragraphs"].append({"context": paragraph["context"], "qas": again})
        for one in sound:
            one["answers"] = one.pop("shuffled")
    (tmp_path / "shuffled.json").write_text(json.dumps(whole))
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    ayllu("feedback", "import", tmp_path / "shuffled.json")
    done = ayllu("improve", "--data", tmp_path / "asked.json", "--epochs", "3")
    assert (done["exit"], done["promoted"]) == (0, False), done
    assert done["reason"].startswith("Kept as a candidate")
    assert (done["train_events"], done["heldout_events"]) == (12, 8)
    (kept,) = ayllu("adapters", "list")["adapters"]
    assert kept["state"] == "candidate"
    folder = tmp_path / "home" / "adapters" / kept["adapter_id"]
    told = (folder / "report.md").read_text("utf-8")
    assert "The critic's threshold is" in told


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
    for figures in done["figures"].values():
        assert figures["answer_logprob"] < 0 < figures["oracle_f1"] <= 1
        assert {"exact_match", "contains", "citation_precision", "abstained", "answer_words"} <= figures.keys()
    assert 0.2 <= done["critic"]["threshold"] <= 0.7
    assert done["critic"]["refused"] is not None
    assert done["losses"][0][0] >= 1
    adapter_id = done["adapter_id"]
    assert "Answers side by side" in (adapters / adapter_id / "report.md").read_text("utf-8")
    assert json.loads((adapters / adapter_id / "learnt.json").read_text("utf-8"))["threshold"] == done["critic"]["threshold"]
    assert [one["adapter_id"] for one in ayllu("adapters", "list")["adapters"]] == [adapter_id]
    assert list(adapters.glob(".work/*")) == []

    assert ayllu("ask", question, "--adapter", adapter_id)["adapter"] == adapter_id  # to look at it first
    assert ayllu("ask", question, "--adapter", "a1")["kind"] == "not_found"
    assert ayllu("adapters", "promote", adapter_id)["state"] == "promoted"
    assert ayllu("ask", question)["adapter"] == adapter_id
    assert ayllu("ask", question, "--adapter", "none")["answer"] == untuned["answer"]
    assert ayllu("adapters", "rollback")["adapter_id"] is None
    back = ayllu("ask", question)
    assert (back["answer"], back["adapter"]) == (untuned["answer"], None)
