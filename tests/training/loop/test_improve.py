"""The loop: trained, measured, and put to work or kept with the reason; killed in the middle, and taken up."""

import asyncio
import importlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ayllu.evaluation import EvalSet, Verdict, load_eval_file
from ayllu.feedback import FeedbackEvent
from ayllu.training import TrainingOptions, Unsupported, Workspace, explain, improve
from ayllu.training.loop.held_out import HeldOut
from ayllu.training.loop.measurement import Measurement

QUICK = TrainingOptions(epochs=0.5)
IMPROVE = """
import asyncio, json, sys
from pathlib import Path
from ayllu.adapters import AdapterRegistry
from ayllu.config import Settings
from ayllu.feedback import FeedbackEvent
from ayllu.models import ModelStore
from ayllu.retrieval.embedders.hashing import HashingEmbedder
from ayllu.training import TrainingOptions, Workspace, improve

folder, chat = Path(sys.argv[1]), sys.argv[2]
events = [FeedbackEvent(**row) for row in json.loads((folder / "events.json").read_text())]
settings = Settings.model_validate({"models": {"chat": chat, "style": "span"}})
adapters = folder / "adapters"
workspace = Workspace(
    AdapterRegistry(adapters), ModelStore(folder / "models"), HashingEmbedder(), settings, adapters / ".work"
)
asyncio.run(improve(events, workspace, options=TrainingOptions(epochs=0.5)))
"""


def kill_once_trained(command: list[str], work: Path) -> None:
    with subprocess.Popen(command, env={**os.environ, "PYTHONSAFEPATH": "1"}) as process:
        deadline = time.monotonic() + 300
        while not list(work.glob("*/whole/done.json")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()


@pytest.mark.slow
async def test_a_killed_improvement_leaves_nothing_half_and_is_taken_up(
    workspace: Workspace, events: list[FeedbackEvent], tiny_gguf: Path, tmp_path: Path, announced: list[str]
) -> None:
    (tmp_path / "events.json").write_text(json.dumps([event.to_json() for event in events]))
    command = [sys.executable, "-c", IMPROVE, str(tmp_path), str(tiny_gguf)]
    await asyncio.to_thread(kill_once_trained, command, workspace.work)
    assert workspace.registry.list() == []
    assert len(list(workspace.work.glob("*/whole/done.json"))) == 1
    trained: list[str] = []

    def note(label: str, done: int, total: int | None) -> None:
        if label.endswith("training"):
            trained.append(label)

    listening = replace(workspace, progress=note)
    shown = (await improve(events, listening, options=QUICK)).to_json()
    assert set(trained) == {f"fold {number}: training" for number in (1, 2)}  # the one that was done is not again
    assert announced[-1] == "12 corrections; measured on 12 questions, in 2 folds."
    assert (shown["train_events"], shown["heldout_events"], shown["metric"]) == (12, 12, "f1")
    assert shown["parity"] == {"probes": 3, "agreed": 3}
    assert shown["interval"][0] <= shown["after"] - shown["before"] <= shown["interval"][1]
    assert shown["guards"].keys() == {"general", "citation_precision", "abstention"}
    assert shown["guards"]["general"]["before"] is None  # nothing that it shows would have put the adapter to work
    assert "The general questions were not asked" in " ".join(explain(shown))
    for figures in shown["figures"].values():
        assert {"exact_match", "contains", "citation_precision", "abstained", "answer_words"} <= figures.keys()
        assert figures["oracle_f1"] is figures["answer_logprob"] is None  # unless they are asked for
    assert 0.2 <= shown["critic"]["threshold"] <= 0.7
    assert shown["losses"][0][0] >= 1

    (entry,) = workspace.registry.list()
    assert entry.adapter_id == shown["adapter_id"]
    folder = workspace.registry.folder / entry.adapter_id
    assert "Answers side by side" in (folder / "report.md").read_text("utf-8")
    assert "3 of 3 probes" in (folder / "report.md").read_text("utf-8")
    assert json.loads((folder / "learnt.json").read_text("utf-8"))["threshold"] == shown["critic"]["threshold"]
    assert (folder / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert shown["used"]["asked"] == {"corrected": 0, "accepted": 0, "sample": 12}
    assert "have not learnt from them: 12 imported answers." in (folder / "report.md").read_text("utf-8")
    names = [f":{event.event_id}" for event in events]
    assert workspace.registry.looks.number("tiny", names) == 2
    assert list(workspace.work.iterdir()) == []


@pytest.mark.slow
async def test_on_a_file_the_adapter_itself_is_asked_and_what_is_no_better_is_kept_with_the_reason(
    workspace: Workspace, events: list[FeedbackEvent], tmp_path: Path
) -> None:
    context = "The Sarn bridge was built in 1901 by the mason Ida Holm. It is made of granite."
    questions = [
        {"id": "q1", "question": "Who built the Sarn bridge?", "answers": [{"text": "Ida Holm", "answer_start": 42}]},
        {"id": "q2", "question": "Of what is the Sarn bridge made?", "answers": [{"text": "granite", "answer_start": 70}]},
    ]
    paragraphs = [{"context": context, "qas": questions}]
    (tmp_path / "asked.json").write_text(json.dumps({"data": [{"title": "bridge", "paragraphs": paragraphs}]}))
    improvement = await improve(events, workspace, options=QUICK, data=load_eval_file(tmp_path / "asked.json"), oracle=True)
    assert not improvement.verdict.promoted
    assert improvement.verdict.reason.startswith("Kept as a candidate")
    assert (improvement.train_events, improvement.heldout_events) == (12, 2)
    figures = improvement.to_json()["figures"]["before"]
    assert figures["oracle_f1"] is not None
    assert figures["answer_logprob"] < 0
    (entry,) = workspace.registry.list()
    assert workspace.registry.active("tiny") is None
    report = (workspace.registry.folder / entry.adapter_id / "report.md").read_text("utf-8")
    assert improvement.verdict.reason in report
    assert "The critic's threshold is" in report


@pytest.mark.slow
async def test_the_general_set_is_asked_of_both_where_all_else_would_promote(
    workspace: Workspace, events: list[FeedbackEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    improving = importlib.import_module("ayllu.training.loop.improve")  # the room has a function of that name
    judge = improving.judge_measurements

    def lenient(split: HeldOut, general: EvalSet, before: Measurement, *others: Any) -> Verdict:
        verdict: Verdict = judge(split, general, before, *others)
        return verdict if before.general else replace(verdict, promoted=True)  # a random model gains nothing

    monkeypatch.setattr(improving, "judge_measurements", lenient)
    improvement = await improve(events, workspace, options=QUICK)
    guard = improvement.verdict.guards["general"]
    assert guard.questions == sum(not question.impossible for question in workspace.general.questions)
    assert None not in (guard.before, guard.after)
    assert not improvement.verdict.promoted
    assert workspace.registry.active("tiny") is None


async def test_what_cannot_be_measured_with_the_model_in_use_is_refused_before_anything_is_trained(
    workspace: Workspace, events: list[FeedbackEvent], tiny: Path, tmp_path: Path
) -> None:
    with pytest.raises(Unsupported, match="is not the model in use"):
        await improve(events, workspace, options=TrainingOptions(base=str(tiny)))
    config = json.loads((tiny / "config.json").read_text())
    (tmp_path / "cohere").mkdir()
    (tmp_path / "cohere" / "config.json").write_text(json.dumps({**config, "model_type": "cohere"}))
    with pytest.raises(Unsupported, match="`cohere` model"):
        await improve(events, workspace, options=TrainingOptions(base=str(tmp_path / "cohere")))
    assert list(workspace.work.iterdir()) == []
