"""A LoRA in llama.cpp's form."""

import math
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from ayllu.training import Unsupported, export_gguf
from ayllu.training.export.lora_gguf import check_plain, permute_rows
from ayllu.training.methods.trainer import TARGETS
from safetensors.numpy import load_file

MakeTrained = Callable[..., tuple[Path, Path]]


def silent(text: str) -> None:
    """Nobody is told."""


def test_a_family_that_llama_cpp_does_not_know_is_refused_by_name_with_who_loads_it(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    base, adapter = make_trained("cohere")
    with pytest.raises(Unsupported, match="`cohere` model") as refused:
        export_gguf(adapter, base, tmp_path / "gguf", silent)
    assert "vLLM" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("family", "architecture"), [("qwen2", "qwen2"), ("gemma", "gemma"), ("phi3", "phi3"), ("mistral", "llama")]
)
def test_an_adapter_is_written_under_its_bases_architecture(
    make_trained: MakeTrained, tmp_path: Path, family: str, architecture: str
) -> None:
    targets = ["qkv_proj", "gate_up_proj", "o_proj", "down_proj"] if family == "phi3" else list(TARGETS)
    base, adapter = make_trained(family, target_modules=targets)
    done = export_gguf(adapter, base, tmp_path / "gguf", silent)
    reader = gguf.GGUFReader(done.path / "adapter.gguf")
    assert reader.fields["general.architecture"].contents() == architecture
    assert len(reader.tensors) == 2 * len(targets) * 2
    names = {tensor.name for tensor in reader.tensors}
    assert ("blk.1.attn_qkv.weight.lora_a" if family == "phi3" else "blk.1.attn_k.weight.lora_a") in names


@pytest.mark.parametrize("stabilised", [False, True])
def test_a_gguf_adapter_reads_back_as_it_was_trained(make_trained: MakeTrained, tmp_path: Path, stabilised: bool) -> None:
    base, adapter = make_trained("llama", use_rslora=stabilised)
    done = export_gguf(adapter, base, tmp_path / "gguf", silent)
    reader = gguf.GGUFReader(done.path / "adapter.gguf")
    fields = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    scale = 8 / math.sqrt(4) if stabilised else 8 / 4
    assert (fields["general.architecture"], fields["general.type"], fields["adapter.type"]) == ("llama", "adapter", "lora")
    assert fields["adapter.lora.alpha"] / 4 == pytest.approx(scale)  # llama.cpp divides by the rank
    tensors = {
        tensor.name: np.asarray(tensor.data).reshape([int(length) for length in reversed(tensor.shape)])
        for tensor in reader.tensors
    }
    trained = load_file(adapter / "peft" / "adapter_model.safetensors")
    assert len(tensors) == len(trained) == 2 * 7 * 2
    query = trained["base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight"]
    assert np.array_equal(tensors["blk.1.attn_q.weight.lora_b"], permute_rows(query, 4))
    assert not np.array_equal(tensors["blk.1.attn_q.weight.lora_b"], query)
    down = trained["base_model.model.model.layers.0.mlp.down_proj.lora_A.weight"]
    assert np.array_equal(tensors["blk.0.ffn_down.weight.lora_a"], down)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("use_dora", True),
        ("bias", "lora_only"),
        ("modules_to_save", ["lm_head"]),
        ("rank_pattern", {"q_proj": 2}),
        ("alpha_pattern", {"q_proj": 2}),
        ("init_lora_weights", "pissa"),
        ("peft_type", "LOHA"),
    ],
)
def test_settings_that_llama_cpp_has_no_counterpart_of_are_refused(setting: str, value: object) -> None:
    plain = {"peft_type": "LORA", "bias": "none", "use_dora": False, "modules_to_save": None, "init_lora_weights": True}
    check_plain(plain)
    with pytest.raises(Unsupported, match=setting):
        check_plain({**plain, setting: value})


def test_a_tuned_part_without_counterpart_is_refused_by_name(make_trained: MakeTrained, tmp_path: Path) -> None:
    base, adapter = make_trained("llama", target_modules=["q_proj", "embed_tokens"])
    with pytest.raises(Unsupported, match="embed_tokens"):
        export_gguf(adapter, base, tmp_path / "gguf", silent)
