"""Other people's data as corrections in the log."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ayllu.config import Settings
from ayllu.conversations import Exchange
from ayllu.feedback import FeedbackLog
from ayllu.retrieval import Embedder
from ayllu.training import Imported, ImportFailed, import_file

SQUAD = Path(__file__).parent / "squad.json"
DOCUMENT = "The Sarn mill was built in 1887 by the miller Tomas Brandt. Its wheel is made of larch."
Take = Callable[[Path], Imported]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FeedbackLog]:
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    yield log
    log.close()


@pytest.fixture
def take(log: FeedbackLog, embedder: Embedder) -> Take:
    return lambda path: import_file(path, log, embedder, Settings(), model="the-model")


def write_lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_squad_is_imported_once_and_bad_entries_are_named(take: Take, log: FeedbackLog) -> None:
    first, second = take(SQUAD), take(SQUAD)
    assert (first.imported, first.duplicates) == (12, 0)
    assert [entry["error"] for entry in first.skipped] == [
        "its paragraph does not answer it",
        "its question is empty, or no text",
    ]
    assert (second.imported, second.duplicates) == (0, 12)


def test_an_imported_question_has_the_passages_found_for_it_and_the_writers_own_prompt(take: Take, log: FeedbackLog) -> None:
    take(SQUAD)
    payload = log.list()[0].payload
    assert payload is not None
    assert payload["correction"] == "1887 [1]"
    exchange = Exchange.from_json(payload["message"])
    assert "Sarn mill" in exchange.passages[0].text
    assert exchange.to_json()["messages"][0]["prompt"].endswith("Question: In which year was the Sarn mill built?\nAnswer:")
    assert (exchange.backend, exchange.model) == ("import", "the-model")


def test_dolly_is_imported_and_an_answer_in_own_words_cites_nothing(take: Take, log: FeedbackLog, tmp_path: Path) -> None:
    outcome = take(
        write_lines(
            tmp_path / "dolly.jsonl",
            {"instruction": "Who built it?", "context": DOCUMENT, "response": "Tomas Brandt", "category": "closed_qa"},
            "{torn",
            [1],
            {"instruction": "Name a colour.", "context": "", "response": "Blue", "category": "open_qa"},
            {"instruction": "What is it of?", "context": DOCUMENT, "response": "Wood, they say", "category": "closed_qa"},
        )
    )
    assert outcome.imported == 3
    assert [entry["line"] for entry in outcome.skipped] == [2, 3]
    corrections = {event.payload["correction"] for event in log.list() if event.payload}
    assert corrections == {"Tomas Brandt [1]", "Blue", "Wood, they say"}


def test_alpaca_is_imported(take: Take, tmp_path: Path) -> None:
    rows = [{"instruction": "Which wood?", "input": DOCUMENT, "output": "larch"}, {"instruction": "No"}]
    (tmp_path / "alpaca.json").write_text(json.dumps(rows))
    outcome = take(tmp_path / "alpaca.json")
    assert (outcome.imported, len(outcome.skipped)) == (1, 1)


def test_our_own_export_is_imported_and_half_an_event_is_not(take: Take, log: FeedbackLog, tmp_path: Path) -> None:
    take(SQUAD)
    log.export(tmp_path / "out", format="jsonl")
    again = take(tmp_path / "out" / "feedback.jsonl")
    assert (again.imported, again.duplicates) == (0, 12)
    row = log.list()[0].to_json()
    damaged = {**row, "event_id": "e1", "payload": {**row["payload"], "message": {"question": "Who?"}}}
    other = take(write_lines(tmp_path / "own.jsonl", damaged, row))
    assert other.duplicates == 1
    assert other.skipped[0]["error"].startswith("it is no event of ours")
    no_number = json.dumps({**row, "event_id": "e2"}).replace("{", '{"score": NaN, ', 1)
    (tmp_path / "nan.jsonl").write_text(f"{no_number}\n{json.dumps(row)}\n")
    assert [bad["error"] for bad in take(tmp_path / "nan.jsonl").skipped] == ["it is not JSON (NaN is no number)"]


def test_nothing_to_import_is_said_with_the_first_reason(take: Take, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="line 1, it is not JSON"):
        take(write_lines(tmp_path / "none.jsonl", "hello", "world"))
    with pytest.raises(ImportFailed, match="cannot be read"):
        take(tmp_path / "missing.json")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(ImportFailed, match="nested too deeply"):
        take(tmp_path / "deep.json")
