"""The embedder without a model: near is what shares words."""

import numpy as np
from ayllu.retrieval import HashingEmbedder


def test_texts_are_near_as_far_as_they_share_words() -> None:
    embedder = HashingEmbedder()
    question, answer, other, empty = embedder.embed_documents(
        ["When does the ferry leave?", "The ferry leaves at 7.", "Bread.", ""]
    )
    assert np.allclose(np.linalg.norm([question, answer, other, empty], axis=1), 1)
    assert question @ answer > 0.5 > question @ other
    assert np.array_equal(HashingEmbedder().embed_documents(["When does the ferry leave?"])[0], question)
    assert embedder.embed_documents([]).shape == (0, embedder.dimensions)


def test_words_and_signs_are_its_tokens() -> None:
    text = "At 7, go."
    assert [text[start:end] for start, end in HashingEmbedder().token_offsets(text)] == ["At", "7", ",", "go", "."]
