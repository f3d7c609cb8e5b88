"""Adapters of tiny random models of several families."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ayllu.training.methods import check_installed
from ayllu.training.methods.trainer import TARGETS

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
MakeTrained = Callable[..., tuple[Path, Path]]


@pytest.fixture(scope="session")
def make_trained(tmp_path_factory: pytest.TempPathFactory) -> MakeTrained:
    """Makes a base of a family and an adapter of it, in the registry's form; LoRA settings can be given."""
    check_installed()
    import torch
    from peft import LoraConfig, get_peft_model
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

    def make(family: str = "llama", hidden_size: int = 32, **lora: Any) -> tuple[Path, Path]:
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
        settings = {"r": 4, "lora_alpha": 8, "target_modules": list(TARGETS), "task_type": "CAUSAL_LM", **lora}
        tuned = get_peft_model(model, LoraConfig(**settings))
        for name, values in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(values, std=0.3)
        tuned.save_pretrained(folder / "a1" / "peft")
        return folder / "base", folder / "a1"

    return make


@pytest.fixture
def adapted_answers() -> Callable[[Path, Path], list[list[int]]]:
    """What a base answers with an adapter, which must make a difference: else a comparison would say nothing."""

    def answer(base: Path, adapter: Path) -> list[list[int]]:
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained(base)
        untuned = greedy_answers(model)
        adapted = greedy_answers(PeftModel.from_pretrained(model, adapter))
        assert adapted != untuned
        return adapted

    return answer


@pytest.fixture
def greedy() -> Callable[[Any], list[list[int]]]:
    return greedy_answers


def greedy_answers(model: Any) -> list[list[int]]:
    import torch

    with torch.inference_mode():
        return [model.generate(torch.tensor([prompt]), max_new_tokens=12, do_sample=False)[0].tolist() for prompt in PROMPTS]
