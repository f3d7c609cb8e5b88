"""Tiny random models as llama.cpp reads them, and corrections to learn from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LETTERS = [*range(33, 127)]
TOKENS = ["<end>", "<pad>", "Ċ", "Ġ", *map(chr, LETTERS), "th"]  # GPT-2 writes newline and space so
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}<end>{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
MakeGguf = Callable[..., Path]


@pytest.fixture(scope="session")
def make_gguf(tmp_path_factory: pytest.TempPathFactory) -> MakeGguf:
    """Makes a random Llama of some ten thousand weights as a GGUF file; its shape can be said."""

    def make(seed: int = 0, **shape: Any) -> Path:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        sizes = {
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 8192,
            "initializer_range": 0.4,
            **shape,
        }
        torch.manual_seed(seed)
        model = LlamaForCausalLM(LlamaConfig(vocab_size=len(TOKENS), eos_token_id=0, pad_token_id=1, **sizes))
        path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
        write_llama(model, path)
        return path

    return make


@pytest.fixture(scope="session")
def tiny_gguf(make_gguf: MakeGguf) -> Path:
    return make_gguf()


def write_llama(model: Any, path: Path) -> None:
    """As llama.cpp's `convert_hf_to_gguf.py` does it: the rows of query and key are laid out for its rotary embedding."""
    import gguf
    from ayllu.training.export.lora_gguf import permute_rows

    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, *[1] * (len(TOKENS) - 2)])  # control, normal
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_pad_token_id(1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    weights = {name: tensor.detach().float().numpy() for name, tensor in model.state_dict().items()}
    writer.add_tensor("token_embd.weight", weights["model.embed_tokens.weight"])
    writer.add_tensor("output_norm.weight", weights["model.norm.weight"])
    if not config.tie_word_embeddings:
        writer.add_tensor("output.weight", weights["lm_head.weight"])
    for layer in range(config.num_hidden_layers):
        for name, part in _PARTS.items():
            values = weights[f"model.layers.{layer}.{name}.weight"]
            if part in ("attn_q", "attn_k"):
                heads = config.num_attention_heads if part == "attn_q" else config.num_key_value_heads
                values = permute_rows(values, heads)
            writer.add_tensor(f"blk.{layer}.{part}.weight", values.copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


_PARTS = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
