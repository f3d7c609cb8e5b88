"""GGUF weights that were converted once are read from disk afterwards."""

import os
import shutil
from pathlib import Path

import pytest
import torch
from ayllu.models import ConvertedWeights, load_base

TEXT = "The ferry leaves at 7:45."


@pytest.fixture
def file(tiny_gguf: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(tiny_gguf, tmp_path / "tiny.gguf"))


def scores(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=torch.tensor([ids])).logits
    return logits


def test_the_second_start_reads_no_gguf_and_has_the_same_weights_and_tokens(file: Path, tmp_path: Path) -> None:
    converted = ConvertedWeights(tmp_path / "converted")
    model, tokenizer = load_base(file, "float32", "cpu", converted=converted)
    kept = converted.find(file, "float32")
    assert kept is not None
    status = file.stat()
    file.write_bytes(bytes(status.st_size))  # whoever read it now would find no model
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    again, its_tokenizer = load_base(file, "float32", "cpu", converted=converted)
    ids = tokenizer(TEXT).input_ids
    assert its_tokenizer(TEXT).input_ids == ids
    assert its_tokenizer.chat_template == tokenizer.chat_template
    assert torch.equal(scores(again, ids), scores(model, ids))
    assert converted.find(file, "float16") is None


def test_a_conversion_goes_with_its_file_and_a_changed_file_is_converted_anew(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "converted"
    converted = ConvertedWeights(folder)
    load_base(file, "float32", "cpu", converted=converted)
    content = bytearray(file.read_bytes())
    content[-40] ^= 1
    file.write_bytes(content)
    assert converted.find(file, "float32") is None
    assert list(folder.iterdir()) == []
    load_base(file, "float32", "cpu", converted=converted)
    assert converted.find(file, "float32") is not None
    file.rename(tmp_path / "elsewhere.gguf")
    converted.find(tmp_path / "elsewhere.gguf", "float32")
    assert list(folder.iterdir()) == []


def test_a_damaged_conversion_is_made_anew(file: Path, tmp_path: Path) -> None:
    converted = ConvertedWeights(tmp_path / "converted")
    load_base(file, "float32", "cpu", converted=converted)
    kept = converted.find(file, "float32")
    assert kept is not None
    (kept / "model.safetensors").write_bytes(b"damaged")
    model, tokenizer = load_base(file, "float32", "cpu", converted=converted)
    assert scores(model, tokenizer(TEXT).input_ids).isfinite().all()
    assert (kept / "model.safetensors").stat().st_size > 1000


def test_a_disk_without_room_or_a_folder_that_takes_no_writes_costs_only_the_copy(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    load_base(file, "float32", "cpu", converted=ConvertedWeights(tmp_path / "a file"))
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    load_base(file, "float32", "cpu", converted=ConvertedWeights(tmp_path / "converted"))
    assert list((tmp_path / "converted").iterdir()) == []
