"""What every embedder must do, whoever wrote it; another one joins by a line in `EMBEDDERS`."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from ayllu.models import ModelStore
from ayllu.retrieval import CachingEmbedder, Embedder, HashingEmbedder, open_embedder
from ayllu.retrieval.embedders import CheckedEmbedder
from ayllu.retrieval.embedders.prefixes import PrefixedEmbedder, Prefixes
from embeddings_server import serve_embeddings

EMBEDDERS: dict[str, Callable[[str, ModelStore], Embedder]] = {
    "hashing": lambda url, models: HashingEmbedder(),
    "caching": lambda url, models: CachingEmbedder(HashingEmbedder(), 3),
    "checked": lambda url, models: CheckedEmbedder(HashingEmbedder()),
    "prefixed": lambda url, models: PrefixedEmbedder(HashingEmbedder(), Prefixes("query: ", "passage: ")),
    "openai": lambda url, models: open_embedder(url, models),
    "onnx": lambda url, models: open_embedder("onnx", models),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_embeddings() as spec:
        yield spec


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.model] if name == "onnx" else []) for name in EMBEDDERS])
def any_embedder(request: pytest.FixtureRequest, url: str, models: ModelStore) -> Embedder:
    return EMBEDDERS[request.param](url, models)


TEXTS = ["The ferry leaves at 7.", "", "bread " * 3_000, "\ud800 lone surrogate", "¿Cuándo sale el ferry? 🚢"]


def test_documents_become_rows_of_unit_length_in_their_order(any_embedder: Embedder) -> None:
    rows = any_embedder.embed_documents(TEXTS)
    assert (rows.shape, rows.dtype) == ((len(TEXTS), any_embedder.dimensions), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    backwards = any_embedder.embed_documents(TEXTS[::-1])[::-1]
    assert ((rows * backwards).sum(axis=1) > 0.97).all()  # int8 scales differ a little between batches
    assert any_embedder.embed_documents([]).shape == (0, any_embedder.dimensions)


def test_a_question_is_a_row_of_the_same_space_near_to_what_answers_it(any_embedder: Embedder) -> None:
    question = any_embedder.embed_query("When does the ferry leave?")
    assert (question.shape, question.dtype) == ((any_embedder.dimensions,), np.float32)
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-3)
    answer, other = any_embedder.embed_documents(["The ferry leaves at 7.", "Barley bread on Thursdays."]) @ question
    assert answer > other


def test_its_tokens_lie_in_the_text_in_order(any_embedder: Embedder) -> None:
    text = "At 7 the ferry leaves.\n\nBread."
    spans = list(any_embedder.token_offsets(text))
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert "ferry" in [text[start:end] for start, end in spans]
    assert any_embedder.max_tokens > 0
    assert any_embedder.name
