"""A model of a few thousand random weights, as GGUF: whatever is not about a model's words is tried on it."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.models import ModelStore

WIDTH, LAYERS, HIDDEN = 64, 2, 64
SHAPES = {
    "attn_q": (WIDTH, WIDTH),
    "attn_k": (WIDTH, WIDTH),
    "attn_v": (WIDTH, WIDTH),
    "attn_output": (WIDTH, WIDTH),
    "ffn_gate": (HIDDEN, WIDTH),
    "ffn_up": (HIDDEN, WIDTH),
    "ffn_down": (WIDTH, HIDDEN),
}
TEMPLATE = (
    "{% for m in messages %}<s>{{ m['role'] }} {{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<s>{% endif %}"
)


def byte_letters() -> list[str]:
    """GPT-2's letter for each byte: a tokenizer without merges spells every text in bytes."""
    printed = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printed else chr(next(others)) for byte in range(256)]


def write_model(path: Path) -> None:
    random = np.random.default_rng(7)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_rope_dimension_count(WIDTH // 4)
    writer.add_layer_norm_rms_eps(1e-5)
    tokens = ["<end>", "<s>", *byte_letters(), "he"]
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.NORMAL] * (len(tokens) - 2)])
    writer.add_token_merges(["h e"])  # there has to be one
    writer.add_eos_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_chat_template(TEMPLATE)
    for name in ("token_embd", "output"):
        writer.add_tensor(f"{name}.weight", random.normal(0, 1, (len(tokens), WIDTH)).astype(np.float32))
    for layer in range(LAYERS):
        for name, shape in SHAPES.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", random.normal(0, 0.3, shape).astype(np.float32))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    finish(writer)


def write_adapter(path: Path, seed: int, size: float = 1.0) -> None:
    """A LoRA for that model that turns its answers into others'; with a `size` of 0 it changes nothing."""
    random = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    for layer in range(LAYERS):
        for side, shape in (("a", (4, WIDTH)), ("b", (WIDTH, 4))):
            tensor = (size * random.normal(0, 1, shape)).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.attn_output.weight.lora_{side}", tensor)
    finish(writer)


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_model(path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """An empty one: the tiny model is named by its path."""
    return ModelStore(tmp_path / "models")


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    """`a1` and `a2`, which answer otherwise than the untuned model does, and than each other."""
    registry = AdapterRegistry(tmp_path / "adapters")
    for number in (1, 2):
        files = tmp_path / f"files-{number}"
        write_adapter(files / "adapter.gguf", number)
        registry.add(Adapter(f"a{number}", "tiny", "", "", "sft", f"2026-01-0{number}T00:00:00+00:00"), files)
    return registry
