"""Any cross-encoder of sentence-transformers, by its hub id or its folder; a tiny random one stands in."""

from pathlib import Path

import pytest
from ayllu.models import ModelStore
from ayllu.retrieval import RerankerFailed, open_reranker

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # torch; names that moved

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "ferry", "leaves", "bread"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A random model of one layer; the libraries are kept from looking it up at the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(5)
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "num_labels": 1}
    BertForSequenceClassification(BertConfig(vocab_size=len(WORDS), **sizes)).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
    return tmp_path / "bert"


def test_scores_are_those_of_the_pairs_in_their_order(folder: Path, models: ModelStore) -> None:
    reranker = open_reranker(f"sentence-transformers:{folder}", models)
    passages = ["the ferry leaves", "bread", "the bread leaves the ferry"]
    scores = list(reranker.score("the ferry", passages))
    assert len(set(scores)) == 3
    again = [score for passage in passages for score in reranker.score("the ferry", [passage])]
    assert scores == pytest.approx(again, abs=1e-4)
    assert list(reranker.score("bread", ["bread"])) != pytest.approx(scores[1:2], abs=1e-6)


def test_a_model_that_is_not_there_is_one_line(models: ModelStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(RerankerFailed, match="could not be loaded"):
        open_reranker(f"sentence-transformers:{tmp_path / 'none'}", models).score("q", ["p"])
