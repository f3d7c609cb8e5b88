"""What several rooms' tests share: the real default models, pulled once and kept in the platform's cache."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.backends import Backend, open_backend
from ayllu.config import Settings
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, Library, open_embedder


@pytest.fixture(scope="session")
def models() -> ModelStore:
    """The person's own model folder (or AYLLU_MODELS): what is missing is pulled by its first user."""
    return ModelStore(paths.find().models)


@pytest.fixture(scope="session")
def embedder(models: ModelStore) -> Embedder:
    return open_embedder("onnx", models)


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as library:
        yield library


@pytest.fixture
async def backend(models: ModelStore) -> AsyncIterator[Backend]:
    backend = open_backend("llamacpp", Settings(), models)
    yield backend
    await backend.close()


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("AYLLU_") and name != "AYLLU_MODELS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AYLLU_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of some ten thousand weights: a Hugging Face folder with a tokenizer of letters and a chat template."""
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
