"""The embedder with a cache."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from ayllu.retrieval import CachingEmbedder, HashingEmbedder, Vectors
from ayllu.retrieval.embedders.prefixes import PrefixedEmbedder, Prefixes


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return super().embed_documents(texts)


def test_each_text_is_embedded_once_and_comes_back_in_its_place() -> None:
    inner = CountingEmbedder()
    caching = CachingEmbedder(inner)
    first = caching.embed_documents(["a mill", "a wheel", "a mill"])
    assert first.shape == (3, inner.dimensions)
    assert (first[0] == first[2]).all()
    assert first[:2] == pytest.approx(inner.embed_documents(["a mill", "a wheel"]), abs=1e-6)
    inner.embedded.clear()
    second = caching.embed_documents(["a wheel", "larch"])
    assert (second[0] == first[1]).all()
    assert inner.embedded == ["larch"]
    assert caching.embed_documents([]).shape == (0, inner.dimensions)
    assert list(caching.token_offsets("a mill")) == list(inner.token_offsets("a mill"))
    assert (caching.name, caching.max_tokens) == (inner.name, inner.max_tokens)


def test_the_latest_are_kept_and_no_more() -> None:
    inner = CountingEmbedder()
    caching = CachingEmbedder(inner, most_texts=2)
    caching.embed_documents(["a mill", "a wheel", "larch"])
    inner.embedded.clear()
    caching.embed_documents(["larch", "a wheel"])
    assert inner.embedded == []
    assert caching.embed_documents(["rye", "a mill"]) == pytest.approx(inner.embed_documents(["rye", "a mill"]), abs=1e-6)
    inner.embedded.clear()
    caching.embed_documents(["a mill", "larch"])
    assert inner.embedded == ["larch"]


def test_a_question_is_not_taken_for_a_document_of_the_same_words() -> None:
    caching = CachingEmbedder(PrefixedEmbedder(HashingEmbedder(), Prefixes(query="query: ", document="passage: ")))
    (document,) = caching.embed_documents(["a mill"])
    assert caching.embed_query("a mill") @ document < 0.99
    assert (caching.embed_query("a mill") == HashingEmbedder().embed_query("query: a mill")).all()


def test_threads_that_share_it_get_the_rows_of_their_own_texts() -> None:
    """While another one makes room: no row is lost between the look and the answer."""
    inner = HashingEmbedder(16)
    caching = CachingEmbedder(inner, most_texts=3)
    texts = [f"word{number}" for number in range(40)]
    expected = inner.embed_documents(texts)

    def embed(start: int) -> bool:
        order = [(start + step * 7) % len(texts) for step in range(200)]
        return all(
            np.array_equal(caching.embed_documents([texts[at], texts[at - 1]]), expected[[at, at - 1]]) for at in order
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(embed, range(8)))
