"""A model of the hub reads what its own files put before a question and a document, unless a setting says otherwise."""

from pathlib import Path

import numpy as np
import pytest
from ayllu.models import ModelStore
from ayllu.retrieval import open_embedder

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # torch; names that moved

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "ferry", "query", ":", "passage", "bread"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A random model of one layer, with prompts of its own; the libraries are kept from looking it up at the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(WORDS), **sizes)).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
    model = SentenceTransformer(
        modules=[models.Transformer(str(tmp_path / "bert")), models.Pooling(16)],
        prompts={"query": "query: ", "document": "passage: "},
    )
    model.save(str(tmp_path / "model"))
    return tmp_path / "model"


def test_its_own_prompts_are_read_and_a_setting_beats_them(folder: Path, models: ModelStore) -> None:
    spec = f"sentence-transformers:{folder}"
    plain = open_embedder(spec, models, query_prefix="", document_prefix="")
    assert plain.name == spec
    with_prompts = open_embedder(spec, models)
    assert with_prompts.name == f"{spec} after 'passage: '"  # before it is loaded
    rows = plain.embed_documents(["query: the ferry", "passage: the ferry"])
    assert np.allclose(with_prompts.embed_query("the ferry"), rows[0], atol=1e-5)
    assert np.allclose(with_prompts.embed_documents(["the ferry"])[0], rows[1], atol=1e-5)
    assert with_prompts.name == f"{spec} after 'passage: '"
    assert not np.allclose(rows[0], rows[1], atol=1e-3)
