"""A Llama of some ten thousand weights, made here, on which training takes a second."""

from pathlib import Path

import pytest
from ayllu.training import sft


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face folder with a random model, its tokenizer and a chat template."""
    sft.check_installed()
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    letters = {chr(one): at for at, one in enumerate([10, *range(32, 127)], start=2)}
    inner = Tokenizer(models.BPE({"<end>": 0, "<pad>": 1, **letters}, []))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", pad_token="<pad>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}<end>{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=98, num_key_value_heads=2, max_position_embeddings=1024, eos_token_id=0, **shape)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
