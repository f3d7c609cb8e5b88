"""Predictions: what made them stands in each line, and a run that was cut off goes on where it was."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from ayllu.backends.scripted import ScriptedBackend, ScriptEnded
from ayllu.config import AgentSettings, Settings
from ayllu.evaluation import EvalSet, PredictionsUnusable, evaluate_answers, load_eval_file
from ayllu.retrieval import Embedder

PLAIN = Settings(agents=AgentSettings(team="plain"))


async def run(eval_set: EvalSet, embedder: Embedder, backend: ScriptedBackend, file: Path, **more: Any) -> dict[str, Any]:
    settings = more.pop("settings", PLAIN)
    return await evaluate_answers(eval_set, embedder, backend, settings, predictions=file, **more)


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


async def test_a_run_that_was_cut_off_goes_on_and_scores_all(tmp_path: Path, squad_file: Path, embedder: Embedder) -> None:
    eval_set, file = load_eval_file(squad_file), tmp_path / "new" / "p.jsonl"
    answers = [f"In {1900 + n // 2}." for n in range(8)]
    with pytest.raises(Exception, match="no further reply"):
        await run(eval_set, embedder, ScriptedBackend(replies=answers[:3]), file)
    kept = file.read_text()
    assert len(lines_of(file)) == 3
    file.write_text(kept + '{"id": "a1901", "answ')  # a line that was being written
    backend, done = ScriptedBackend(replies=answers[3:]), []
    figures = await run(eval_set, embedder, backend, file, progress=lambda *args: done.append(args))
    assert file.read_text().startswith(kept)
    assert [line["id"] for line in lines_of(file)] == [question.id for question in eval_set.questions]
    assert figures["contains"] == 1
    assert ("asking", 3, 8) in done
    assert ("asking", 2, 8) not in done
    assert await run(eval_set, embedder, ScriptedBackend(), file) == figures  # nothing left to ask


async def test_a_line_says_what_made_it_and_names_no_path(tmp_path: Path, squad_file: Path, embedder: Embedder) -> None:
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"weights")
    eval_set, file = load_eval_file(squad_file), tmp_path / "p.jsonl"
    backend = ScriptedBackend(otherwise=lambda messages: "In 1900.")
    await run(eval_set, embedder, backend, file, limit=2, seed=5, model_file=weights)
    made_by = lines_of(file)[0]["run"]
    assert (made_by["team"], made_by["limit"], made_by["seed"]) == ("plain", 2, 5)
    assert made_by["set"] == {"name": "squad.json", "sha256": eval_set.sha256}
    assert made_by["model"]["sha256"].startswith("9a129038")  # sha256sum
    assert made_by["settings"]["retrieval"]["passages"] == 3
    assert {"plain", "prose"} <= made_by["prompts"].keys()
    assert made_by["versions"]["ayllu"]
    assert str(tmp_path) not in json.dumps(made_by)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"limit": 1, "seed": 1}, "`seed` was 0, and is 1 now"),
        ({"limit": 2}, "`limit` was 1, and is 2 now"),
        (
            {"limit": 1, "settings": Settings()},
            '`team` was "plain", and is "default" now',
        ),
    ],
)
async def test_the_predictions_of_another_run_are_refused_and_left_alone(
    tmp_path: Path, squad_file: Path, embedder: Embedder, changed: dict[str, Any], reason: str
) -> None:
    eval_set, file = load_eval_file(squad_file), tmp_path / "p.jsonl"
    await run(eval_set, embedder, ScriptedBackend(otherwise=lambda messages: "No."), file, limit=1)
    before = file.read_text()
    with pytest.raises(PredictionsUnusable, match=reason) as caught:
        await run(eval_set, embedder, ScriptedBackend(), file, **changed)
    assert "Name another file" in caught.value.hint
    assert file.read_text() == before


@pytest.mark.parametrize("content", [b"\xff\xfe", b"my notes", b"notes\nmore\n", b'{"id": "q"}\n'])
async def test_another_file_is_refused_and_left_alone(
    tmp_path: Path, squad_file: Path, embedder: Embedder, content: bytes
) -> None:
    file = tmp_path / "p.jsonl"
    file.write_bytes(content)
    with pytest.raises(PredictionsUnusable, match="holds something else"):
        await run(load_eval_file(squad_file), embedder, ScriptedBackend(), file)
    assert file.read_bytes() == content


async def test_several_questions_are_under_way_at_once_and_a_failure_ends_them_all(
    tmp_path: Path, squad_file: Path, embedder: Embedder
) -> None:
    class Crowd(ScriptedBackend):
        """Counts how many are answered at a time."""

        under_way = most = 0

        async def start(self) -> None:
            Crowd.under_way += 1
            Crowd.most = max(Crowd.most, Crowd.under_way)
            await asyncio.sleep(0.01)
            Crowd.under_way -= 1

    eval_set, file = load_eval_file(squad_file), tmp_path / "p.jsonl"
    backend = Crowd(otherwise=lambda messages: "In 1900.")
    figures = await run(eval_set, embedder, backend, file, parallel=4)
    assert 1 < Crowd.most <= 4
    assert figures["questions"] == len({line["id"] for line in lines_of(file)}) == 8
    backend = Crowd(replies=["In 1900."] * 3)
    with pytest.raises(ScriptEnded):
        await run(eval_set, embedder, backend, tmp_path / "q.jsonl", parallel=4)
    assert len(lines_of(tmp_path / "q.jsonl")) <= 3


async def test_a_place_that_takes_no_predictions_is_named_before_anything_is_done(
    tmp_path: Path, squad_file: Path, embedder: Embedder
) -> None:
    eval_set = load_eval_file(squad_file)
    with pytest.raises(PredictionsUnusable, match="it is no file"):
        await run(eval_set, embedder, ScriptedBackend(), tmp_path)
    with pytest.raises(PredictionsUnusable, match="can be written"):
        await run(eval_set, embedder, ScriptedBackend(), squad_file / "p.jsonl")
