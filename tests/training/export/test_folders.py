"""What is exported is written whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.errors import UsageError
from ayllu.models import DiskFull
from ayllu.training import Unsupported, export_gguf, export_merged, export_peft

MakeTrained = Callable[..., tuple[Path, Path]]


def silent(text: str) -> None:
    """Nobody is told."""


def test_what_is_there_is_not_overwritten_and_a_failure_leaves_nothing(make_trained: MakeTrained, tmp_path: Path) -> None:
    base, adapter = make_trained("llama")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="full is there already"):
        export_peft(adapter, tmp_path / "full", "base", silent)
    (tmp_path / ".new.999999999.part").mkdir()  # of a process that was killed
    (adapter / "peft" / "adapter_model.safetensors").write_bytes(b"torn")
    with pytest.raises(UsageError, match="is damaged"):
        export_merged(adapter, base, tmp_path / "new", "float32", silent)
    (base / "tokenizer.json").write_text("{torn")
    with pytest.raises(Unsupported, match="cannot be read as a model"):
        export_merged(None, base, tmp_path / "new", "float32", silent)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    (adapter / "peft" / "adapter_model.safetensors").unlink()
    with pytest.raises(UsageError, match="any more"):
        export_peft(adapter, tmp_path / "new", "base", silent)


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "a1").mkdir()
    with (tmp_path / "a1" / "adapter.gguf").open("wb") as file:
        file.truncate(2**43)  # a hole: it takes no room itself
    with pytest.raises(DiskFull, match="needs 8796"):
        export_gguf(tmp_path / "a1", None, tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a1"]
