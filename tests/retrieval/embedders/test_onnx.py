"""The default embedder, with its real model."""

import numpy as np
import pytest
from ayllu.retrieval import Embedder

pytestmark = pytest.mark.model


def test_vectors_have_unit_length_and_order_is_kept(real_embedder: Embedder) -> None:
    texts = ["a long text about nothing " * 50, "short", "", "\ud800 lone surrogate"]
    rows = real_embedder.embed_documents(texts)
    assert rows.shape == (4, real_embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert real_embedder.embed_documents([]).shape == (0, real_embedder.dimensions)


def test_a_vector_does_not_depend_on_what_is_embedded_with_it(real_embedder: Embedder) -> None:
    texts = [f"Lot {number} weighs {number * 37} pounds, " * (1 + number % 5) for number in range(20)]
    rows = real_embedder.embed_documents(texts)
    alone = [real_embedder.embed_documents([text])[0] for text in texts]
    assert np.array_equal(rows, np.stack(alone))
    assert np.array_equal(real_embedder.embed_query(texts[3]), rows[3])
