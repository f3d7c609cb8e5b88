"""Training data as files, written and read again."""

import json
from pathlib import Path

import pytest
from ayllu.training import DataUnreadable, dataset_card, write_examples
from ayllu.training.data import Example, data_files, read_examples

RAW = Example("Text: a\nAnswer:", " a\n", "g1", "e1")
CHAT = Example([{"role": "user", "content": "Who?"}], "Ana", "g2", "e2")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    counts = write_examples(tmp_path, [RAW, CHAT], dataset_card([], [RAW, CHAT], {"duplicates": 3}))
    assert (counts["examples"], counts["left_out"]) == (2, {"duplicates": 3})
    assert data_files(tmp_path) == [tmp_path / "sft.jsonl"]
    assert read_examples(tmp_path / "sft.jsonl") == [RAW, CHAT]
    row = json.loads((tmp_path / "sft.jsonl").read_text("utf-8").splitlines()[1])
    assert row["completion"] == [{"role": "assistant", "content": "Ana"}]
    assert json.loads((tmp_path / "card.json").read_text("utf-8"))["sha256"] == counts["sha256"]
    assert "left out: 3 duplicates" in (tmp_path / "README.md").read_text("utf-8")


def test_a_file_of_another_form_is_left_to_the_importer(tmp_path: Path) -> None:
    for name, text in (
        ("squad.json", '{"data": []}'),
        ("dolly.jsonl", '{"instruction": "x", "response": "y"}'),
        ("none", ""),
    ):
        (tmp_path / name).write_text(text)
        assert read_examples(tmp_path / name) is None


def test_a_bad_line_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataUnreadable, match="nothing to train on"):
        data_files(tmp_path)
    for bad in ("{torn", '{"prompt": "x", "completion": 3}', '{"prompt": [1], "completion": [{}]}', "[" * 100_000):
        (tmp_path / "x.jsonl").write_text(f'{{"prompt": "p", "completion": "c"}}\n\n{bad}\n')
        with pytest.raises(DataUnreadable, match="line 3"):
            read_examples(tmp_path / "x.jsonl")
