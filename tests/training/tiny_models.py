"""Random models of some ten thousand weights of several families, and their GGUF files, as llama.cpp's
`convert_hf_to_gguf.py` would write them.
"""

from pathlib import Path
from typing import Any

_LETTERS = [*range(33, 127)]
TOKENS = ["<end>", "<pad>", "Ċ", "Ġ", *map(chr, _LETTERS), "th"]  # GPT-2 writes newline and space so
_PIECES = ["<pad>", "<end>", "<bos>", "<unk>", "▁", *map(chr, _LETTERS), "th"]  # SentencePiece's, as Gemma has them
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}<end>{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
_ARCHITECTURES = {"mistral": "llama", "gemma3_text": "gemma3"}


def random_model(family: str = "llama", seed: int = 0, **shape: Any) -> Any:
    """A model of transformers, of a family by its `model_type`; its shape can be said."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 8192,
        "initializer_range": 0.4,
        **_OWN_SIZES.get(family, {}),
        **shape,
    }
    gemma = family.startswith("gemma")
    ids = {"eos_token_id": 1, "pad_token_id": 0, "bos_token_id": 2} if gemma else {"eos_token_id": 0, "pad_token_id": 1}
    if not gemma:
        sizes["sliding_window"] = None
    torch.manual_seed(seed)
    config = AutoConfig.for_model(family, vocab_size=len(_PIECES if gemma else TOKENS), **ids, **sizes)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager" if gemma else "sdpa")
    for name, values in model.named_parameters():
        if name.endswith(("norm.weight", "bias")):  # or leaving them out would not be seen
            torch.nn.init.normal_(values, mean=0.0 if gemma or name.endswith("bias") else 1.0, std=0.2)
    return model


_OWN_SIZES: dict[str, dict[str, Any]] = {
    "qwen3": {"head_dim": 128},  # which transformers takes for granted, as it does 256 for Gemma
    "gemma": {"head_dim": 16},
    "gemma2": {"head_dim": 256, "sliding_window": 64},
    "gemma3_text": {"head_dim": 256, "sliding_window": 64, "num_hidden_layers": 7},
}


def write_gguf(model: Any, path: Path) -> None:
    import gguf

    config = model.config
    family = config.model_type
    architecture = _ARCHITECTURES.get(family, family)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope.get("full_attention", rope)["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(0)
    if getattr(config, "sliding_window", None):
        writer.add_sliding_window(config.sliding_window)
    if family == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if family == "phi3":
        writer.add_rope_scaling_orig_ctx_len(config.max_position_embeddings)
        writer.add_sliding_window(0)
    _add_tokenizer(writer, family)
    names = gguf.get_tensor_name_map({name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}[architecture], 99)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = _laid_out(name, tensor.detach().float().numpy().copy(), config)
        stem, _, suffix = name.rpartition(".")
        writer.add_tensor(f"{names.get_name(stem)}.{suffix}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _laid_out(name: str, values: Any, config: Any) -> Any:
    """The weights as llama.cpp has them: Gemma's norms with 1 added, Llama's rows in the order of its rotary embedding."""
    from ayllu.training.export.lora_gguf import permute_rows

    if config.model_type.startswith("gemma") and name.endswith("norm.weight"):
        return values + 1
    if config.model_type in ("llama", "mistral"):
        if "q_proj" in name:
            return permute_rows(values, config.num_attention_heads)
        if "k_proj" in name:
            return permute_rows(values, config.num_key_value_heads)
    return values


def _add_tokenizer(writer: Any, family: str) -> None:
    if family.startswith("gemma"):
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(_PIECES)
        writer.add_token_scores([-1000.0] * 4 + [-float(at) for at in range(len(_PIECES) - 4)])
        writer.add_token_types([3, 3, 3, 2, *[1] * (len(_PIECES) - 4)])  # control, unknown, normal
        ids = {"bos": 2, "eos": 1, "pad": 0}
        writer.add_unk_token_id(3)
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(TOKENS)
        writer.add_token_types([3, 3, *[1] * (len(TOKENS) - 2)])  # control, normal
        writer.add_token_merges(["t h"])
        ids = {"bos": 0, "eos": 0, "pad": 1}
    writer.add_bos_token_id(ids["bos"])
    writer.add_eos_token_id(ids["eos"])
    writer.add_pad_token_id(ids["pad"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
