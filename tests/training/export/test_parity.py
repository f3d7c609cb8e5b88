"""The exported adapter answers as the trained one: llama.cpp against transformers and PEFT, on tiny random models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ayllu.tests.training.tiny_models import random_model, write_gguf
from ayllu.training import NoParity, Unsupported
from ayllu.training.export import check_parity
from ayllu.training.export.families import FAMILIES
from ayllu.training.export.llamacpp_answers import llamacpp_answers
from ayllu.training.export.lora_gguf import convert_adapter
from ayllu.training.export.parity import compare_answers
from ayllu.training.methods import base_config, check_installed, copy_model
from ayllu.training.methods.trainer import tuned_parts

MakeGguf = Callable[..., Path]
PROMPTS = ["Text: The mill.\nAnswer:", "Who?", "a b c d", "Question: when the river rose", "0123456789", "th th th"]
SHAPES: dict[str, list[dict[str, Any]]] = {
    "llama": [
        {},
        {"num_key_value_heads": 4},
        {"num_key_value_heads": 1, "tie_word_embeddings": True},
        {"hidden_size": 48, "num_attention_heads": 6, "num_hidden_layers": 3},
    ],
    "mistral": [{}],
    "qwen2": [{}, {"tie_word_embeddings": True}],
    "qwen3": [{}],
    "gemma2": [{}],
    "gemma3_text": [{}],
    "phi3": [{}],
}
_READ_AS = {"mistral": "llama"}  # transformers tells them apart by their names alone


def test_every_family_that_is_exported_is_compared_here() -> None:
    assert set(FAMILIES) == {*SHAPES, "gemma"}  # the last as a folder, for transformers reads no GGUF of it


@pytest.fixture
def make_adapter(tmp_path: Path) -> Callable[..., Path]:
    """Makes a random adapter of a base, strong enough to change its answers."""
    check_installed()

    def make(base: Path, model: Any = None, **settings: Any) -> Path:
        import torch
        from peft import LoraConfig, get_peft_model

        if model is None:
            model, _ = copy_model(base, "float32", "cpu")
        torch.manual_seed(1)
        lora = {"r": 4, "lora_alpha": 8, "target_modules": tuned_parts(model), "task_type": "CAUSAL_LM", **settings}
        adapted = get_peft_model(model, LoraConfig(**lora))
        for name, values in adapted.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(values, std=0.3)
        adapted.save_pretrained(tmp_path / "adapter")
        return tmp_path / "adapter"

    return make


@pytest.mark.slow
@pytest.mark.parametrize(("family", "shape"), [(name, shape) for name, shapes in SHAPES.items() for shape in shapes])
def test_an_exported_adapter_answers_as_the_trained_one(
    make_gguf: MakeGguf, make_adapter: Callable[..., Path], tmp_path: Path, family: str, shape: dict[str, Any]
) -> None:
    base = make_gguf(family=family, **shape)
    assert base_config(base).model_type == _READ_AS.get(family, family)
    adapter = make_adapter(base)
    convert_adapter(adapter, base, tmp_path / "adapter.gguf")
    parity = check_parity(base, adapter, tmp_path / "adapter.gguf", PROMPTS)
    assert (parity.probes, parity.agreed, parity.first_apart) == (len(PROMPTS), len(PROMPTS), "")


@pytest.mark.slow
def test_an_adapter_of_a_folder_whose_gguf_transformers_does_not_read_answers_as_the_trained_one(
    make_adapter: Callable[..., Path], tmp_path: Path
) -> None:
    model = random_model("gemma")
    model.save_pretrained(tmp_path / "base")
    write_gguf(model, tmp_path / "base.gguf")
    with pytest.raises(Unsupported, match="`gemma`"):
        base_config(tmp_path / "base.gguf")
    ids = [[5, 9, 30, 12], [8, 9, 8, 9, 40], [77, 6, 5, 33, 34, 35]]
    adapter = make_adapter(tmp_path / "base", model)
    convert_adapter(adapter, tmp_path / "base", tmp_path / "adapter.gguf")
    trained = [_greedy(tmp_path / "base", adapter, prompt) for prompt in ids]
    untuned = [_greedy(tmp_path / "base", None, prompt) for prompt in ids]
    assert llamacpp_answers(tmp_path / "base.gguf", tmp_path / "adapter.gguf", ids, 8) == trained != untuned


def _greedy(base: Path, adapter: Path | None, prompt: list[int]) -> list[int]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, str(adapter))
    with torch.inference_mode():
        answer = model.generate(
            input_ids=torch.tensor([prompt]), max_new_tokens=8, min_new_tokens=8, do_sample=False, eos_token_id=None
        )
    return answer[0, len(prompt) :].tolist()  # type: ignore[no-any-return]


def test_another_adapter_is_refused_with_the_first_place_where_they_part(
    tiny_gguf: Path, make_adapter: Callable[..., Path], tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_gguf, lora_alpha=8)
    convert_adapter(adapter, tiny_gguf, tmp_path / "right.gguf")
    other = make_adapter(tiny_gguf, lora_alpha=80)
    with pytest.raises(NoParity, match=r"\d of 6 probes agree .first difference: probe \d, token \d+"):
        check_parity(tiny_gguf, other, tmp_path / "right.gguf", PROMPTS)


def test_a_file_that_is_no_adapter_is_refused(tiny_gguf: Path, make_adapter: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "torn.gguf").write_bytes(b"GGUF and no more")
    with pytest.raises(NoParity, match="could not load the exported adapter"):
        check_parity(tiny_gguf, make_adapter(tiny_gguf), tmp_path / "torn.gguf", PROMPTS[:1])


def test_an_answer_that_ends_sooner_is_another_one() -> None:
    parity = compare_answers([[1, 2, 3], [4, 5]], [[1, 2, 3], [4, 5, 6]])
    assert (parity.agreed, parity.share) == (1, 0.5)
    assert parity.first_apart == "probe 2, token 3: [] against [6]"
