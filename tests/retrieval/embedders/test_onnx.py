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
    assert float(real_embedder.embed_documents(["short"])[0] @ rows[1]) > 0.97  # int8 scales differ a little between batches
    assert real_embedder.embed_documents([]).shape == (0, real_embedder.dimensions)
