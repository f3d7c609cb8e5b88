"""A PEFT folder for servers that load one beside a base."""

import json
from collections.abc import Callable
from pathlib import Path

from ayllu.training import export_peft

Answers = Callable[[Path, Path], list[list[int]]]
MakeTrained = Callable[..., tuple[Path, Path]]


def silent(text: str) -> None:
    """Nobody is told."""


def test_a_peft_folder_names_its_base_and_loads(make_trained: MakeTrained, tmp_path: Path, adapted_answers: Answers) -> None:
    base, adapter = make_trained("qwen2")
    done = export_peft(adapter, tmp_path / "peft", "Qwen/Qwen2.5-1.5B-Instruct", silent)
    assert done.files == ["adapter_config.json", "adapter_model.safetensors"]
    config = json.loads((done.path / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["r"], config["peft_type"]) == ("Qwen/Qwen2.5-1.5B-Instruct", 4, "LORA")
    assert "megatron_config" not in config  # what has its default may be unknown to an older reader
    assert adapted_answers(base, done.path) == adapted_answers(base, adapter / "peft")
