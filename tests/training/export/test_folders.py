"""Adapters in the forms of other servers, of tiny random models made here."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from ayllu.errors import UsageError
from ayllu.models import DiskFull
from ayllu.training import Unsupported, export_gguf, export_merged, export_peft
from ayllu.training.export.lora_gguf import check_plain, permute_rows
from ayllu.training.methods import check_installed
from ayllu.training.methods.trainer import TARGETS
from safetensors.numpy import load_file

WORDS = [
    "<end>",
    "the",
    "mill",
    "by",
    "river",
    "was",
    "built",
    "in",
    "spring",
    "of",
    "stone",
    "and",
    "larch",
    "?",
    "old",
    "new",
]
PROMPTS = [[1, 2, 3, 1, 4], [10, 11, 12], [5, 1, 15, 2, 6, 7, 8, 13]]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
Made = Callable[..., tuple[Path, Path]]


def silent(text: str) -> None:
    """Nobody is told."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes a base of a family and an adapter of it, in the registry's form; LoRA settings can be given."""
    check_installed()
    import torch
    from peft import LoraConfig, get_peft_model
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

    def make(family: str = "llama", hidden_size: int = 32, **given: Any) -> tuple[Path, Path]:
        check_installed()  # what it says of warnings holds within one test
        folder = tmp_path_factory.mktemp(family)
        torch.manual_seed(0)
        plain = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, "<end>"))
        plain.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=plain,
            eos_token="<end>",
            bos_token="<end>",
            pad_token="<end>",
            model_input_names=["input_ids", "attention_mask"],
        )
        tokenizer.chat_template = TEMPLATE
        sizes = {
            "hidden_size": hidden_size,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "head_dim": 8,
            "vocab_size": len(WORDS),
        }
        heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64}
        ids = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
        config = AutoConfig.for_model(family, **sizes, **heads, **ids, initializer_range=0.4)
        model = AutoModelForCausalLM.from_config(config)
        model.save_pretrained(folder / "base")
        tokenizer.save_pretrained(folder / "base")
        settings = {"r": 4, "lora_alpha": 8, "target_modules": list(TARGETS), "task_type": "CAUSAL_LM", **given}
        tuned = get_peft_model(model, LoraConfig(**settings))
        for name, values in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(values, std=0.3)
        tuned.save_pretrained(folder / "a1" / "peft")
        return folder / "base", folder / "a1"

    return make


def greedy(model: Any) -> list[list[int]]:
    import torch

    with torch.inference_mode():
        return [model.generate(torch.tensor([one]), max_new_tokens=12, do_sample=False)[0].tolist() for one in PROMPTS]


def tuned_answers(base: Path, adapter: Path) -> list[list[int]]:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    untuned = greedy(model)
    tuned = greedy(PeftModel.from_pretrained(model, adapter))
    assert tuned != untuned  # else the comparison would say nothing
    return tuned


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma"])
def test_a_merged_folder_answers_as_base_and_adapter_do(made: Made, tmp_path: Path, family: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base, adapter = made(family)
    done = export_merged(adapter, base, tmp_path / "merged", "float32", silent)
    assert {"model.safetensors", "config.json", "generation_config.json", "tokenizer.json"} <= set(done.files)
    assert not [name for name in done.files if name.endswith((".bin", ".pt", ".pkl"))]
    assert AutoTokenizer.from_pretrained(done.path).chat_template == TEMPLATE
    merged = AutoModelForCausalLM.from_pretrained(done.path)
    assert merged.generation_config.eos_token_id == 0
    assert greedy(merged) == tuned_answers(base, adapter / "peft")


def test_an_adapter_of_another_model_is_refused(made: Made, tmp_path: Path) -> None:
    _, adapter = made("llama")
    other, _ = made("llama", hidden_size=64)
    with pytest.raises(Unsupported, match="does not fit"):
        export_merged(adapter, other, tmp_path / "merged", "float32", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_merged_folder_says_what_older_readers_look_for(made: Made, tmp_path: Path) -> None:
    base, adapter = made("llama")
    done = export_merged(adapter, base, tmp_path / "merged", "bfloat16", silent)
    config = json.loads((done.path / "config.json").read_text())
    assert (config["torch_dtype"], config["rope_theta"]) == ("bfloat16", 10000.0)
    words = json.loads((done.path / "tokenizer_config.json").read_text())
    assert words["model_input_names"] == ["input_ids", "attention_mask"]
    assert (words["tokenizer_class"], words["chat_template"]) == ("PreTrainedTokenizerFast", TEMPLATE)
    assert done.size_bytes < export_merged(None, base, tmp_path / "base", "float32", silent).size_bytes


def test_a_peft_folder_names_its_base_and_loads(made: Made, tmp_path: Path) -> None:
    base, adapter = made("qwen2")
    done = export_peft(adapter, tmp_path / "peft", "Qwen/Qwen2.5-1.5B-Instruct", silent)
    assert done.files == ["adapter_config.json", "adapter_model.safetensors"]
    config = json.loads((done.path / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["r"], config["peft_type"]) == ("Qwen/Qwen2.5-1.5B-Instruct", 4, "LORA")
    assert "megatron_config" not in config  # what has its default may be unknown to an older reader
    assert tuned_answers(base, done.path) == tuned_answers(base, adapter / "peft")


@pytest.mark.parametrize("family", ["qwen2", "gemma"])
def test_a_family_that_llama_cpp_takes_no_adapter_of_is_refused_by_name(made: Made, tmp_path: Path, family: str) -> None:
    base, adapter = made(family)
    with pytest.raises(Unsupported, match=f"`{family}` model"):
        export_gguf(adapter, base, tmp_path / "gguf", silent)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stabilised", [False, True])
def test_a_gguf_adapter_reads_back_as_it_was_trained(made: Made, tmp_path: Path, stabilised: bool) -> None:
    base, adapter = made("llama", use_rslora=stabilised)
    done = export_gguf(adapter, base, tmp_path / "gguf", silent)
    reader = gguf.GGUFReader(done.path / "adapter.gguf")
    told = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    scale = 8 / math.sqrt(4) if stabilised else 8 / 4
    assert (told["general.architecture"], told["general.type"], told["adapter.type"]) == ("llama", "adapter", "lora")
    assert told["adapter.lora.alpha"] / 4 == pytest.approx(scale)  # llama.cpp divides by the rank
    tensors = {one.name: np.asarray(one.data).reshape([int(n) for n in reversed(one.shape)]) for one in reader.tensors}
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


def test_a_tuned_part_without_counterpart_is_refused_by_name(made: Made, tmp_path: Path) -> None:
    base, adapter = made("llama", target_modules=["q_proj", "embed_tokens"])
    with pytest.raises(Unsupported, match="embed_tokens"):
        export_gguf(adapter, base, tmp_path / "gguf", silent)


def test_what_is_there_is_not_overwritten_and_a_failure_leaves_nothing(made: Made, tmp_path: Path) -> None:
    base, adapter = made("llama")
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
