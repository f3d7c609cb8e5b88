"""The reader: questions made of passages, training, and what is answered with it."""

import random
import threading
from pathlib import Path

import numpy as np
import pytest
from ayllu.agents.ranking import Ranked
from ayllu.agents.reader import FILES, LONGEST, Reader, opened, reranked
from ayllu.training import reader
from ayllu.training.cloze import clozes
from ayllu.training.errors import Interrupted

MILL = (
    "The Sarn mill was built in 1887 by the miller Tomas Brandt. Its wheel is made of larch and weighs 900 kilos. "
    "In March 1921 the river Sarn rose by 3 metres and carried the old weir away."
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of some thousand weights, whose words are those of the passage."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("bert")
    asked = "who built the mill when was it what wheel made of how many kilos ?"
    words = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *sorted(set(f"{MILL} {asked}".lower().replace(".", " . ").split()))]
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=LONGEST, **shape)).save_pretrained(folder)
    return folder


def test_questions_are_made_of_passages_and_their_answers_stand_there() -> None:
    made = clozes(MILL, random.Random(0))
    answers = {MILL[one.start : one.end] for one in made}
    assert answers & {"1887", "Tomas Brandt", "900 kilos", "March 1921", "3 metres"}
    assert all(one.question.endswith("?") and one.passage == MILL for one in made)
    assert clozes(MILL, random.Random(0)) == made
    assert clozes("Too short. \x1b[31m", random.Random(0)) == clozes("", random.Random(0)) == []


def test_it_learns_where_answers_stand_and_answers_as_it_was_trained(weights: Path, tmp_path: Path) -> None:
    asked = [
        reader.Asked(MILL, question, [(MILL.index(answer), MILL.index(answer) + len(answer))])
        for question, answer in (
            ("Who built the mill?", "Tomas Brandt"),
            ("When was it built?", "1887"),
            ("What is the wheel made of?", "larch"),
        )
    ] * 12
    folder = reader.train(asked, weights, tmp_path / "reader")
    assert sorted(one.name for one in folder.iterdir()) == sorted(FILES)
    before = (folder / FILES[0]).stat().st_mtime_ns
    assert reader.train(asked, weights, folder) == folder  # what is there stands
    assert (folder / FILES[0]).stat().st_mtime_ns == before

    learnt = Reader(folder)
    reading = learnt.read("Who built the mill?", MILL)
    assert np.exp(reading.logprobs[np.array(reading.coded.marks) > 0]).sum(0) == pytest.approx([1.0, 1.0], abs=1e-3)
    assert reading.liking("Tomas Brandt") > reading.liking("larch")
    assert reading.liking("nowhere in it") == -15.0

    ranked = [Ranked(text, 0.0, 0.5, (), 0) for text in ("larch", "Tomas Brandt")]
    best, other = reranked(learnt, "Who built the mill?", ranked, [MILL])
    assert (best.text, best.share + other.share) == ("Tomas Brandt", pytest.approx(1.0))


def test_stopped_it_leaves_nothing_and_a_broken_one_is_passed_over(weights: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        reader.train([reader.Asked(MILL, "Who?", [(0, 3)])], weights, tmp_path / "reader", stop=stop)
    assert not (tmp_path / "reader").exists()
    assert opened(tmp_path / "reader") is None
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "model.onnx").write_bytes(b"torn")
    assert opened(tmp_path / "reader") is None
