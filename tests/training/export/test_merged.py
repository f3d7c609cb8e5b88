"""A merged folder needs neither a base nor an adapter."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ayllu.training import Unsupported, export_merged

TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
Answers = Callable[[Path, Path], list[list[int]]]
Greedy = Callable[[Any], list[list[int]]]
MakeTrained = Callable[..., tuple[Path, Path]]


def silent(text: str) -> None:
    """Nobody is told."""


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma"])
def test_a_merged_folder_answers_as_base_and_adapter_do(
    make_trained: MakeTrained, tmp_path: Path, adapted_answers: Answers, greedy: Greedy, family: str
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base, adapter = make_trained(family)
    done = export_merged(adapter, base, tmp_path / "merged", "float32", silent)
    assert {"model.safetensors", "config.json", "generation_config.json", "tokenizer.json"} <= set(done.files)
    assert not [name for name in done.files if name.endswith((".bin", ".pt", ".pkl"))]
    assert AutoTokenizer.from_pretrained(done.path).chat_template == TEMPLATE
    merged = AutoModelForCausalLM.from_pretrained(done.path)
    assert merged.generation_config.eos_token_id == 0
    assert greedy(merged) == adapted_answers(base, adapter / "peft")


def test_an_adapter_of_another_model_is_refused(make_trained: MakeTrained, tmp_path: Path) -> None:
    _, adapter = make_trained("llama")
    other, _ = make_trained("llama", hidden_size=64)
    with pytest.raises(Unsupported, match="does not fit"):
        export_merged(adapter, other, tmp_path / "merged", "float32", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_merged_folder_says_what_older_readers_look_for(make_trained: MakeTrained, tmp_path: Path) -> None:
    base, adapter = make_trained("llama")
    done = export_merged(adapter, base, tmp_path / "merged", "bfloat16", silent)
    config = json.loads((done.path / "config.json").read_text())
    assert (config["torch_dtype"], config["rope_theta"]) == ("bfloat16", 10000.0)
    words = json.loads((done.path / "tokenizer_config.json").read_text())
    assert words["model_input_names"] == ["input_ids", "attention_mask"]
    assert (words["tokenizer_class"], words["chat_template"]) == ("PreTrainedTokenizerFast", TEMPLATE)
    assert done.size_bytes < export_merged(None, base, tmp_path / "base", "float32", silent).size_bytes
