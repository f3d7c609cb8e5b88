"""The embedder with a cache."""

from collections.abc import Sequence

import pytest
from ayllu.retrieval import CachingEmbedder, HashingEmbedder, Vectors


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return super().embed(texts)


def test_each_text_is_embedded_once_and_comes_back_in_its_place() -> None:
    inner = CountingEmbedder()
    caching = CachingEmbedder(inner)
    first = caching.embed(["a mill", "a wheel", "a mill"])
    assert first.shape == (3, inner.dimensions)
    assert (first[0] == first[2]).all()
    assert first[:2] == pytest.approx(inner.embed(["a mill", "a wheel"]), abs=1e-6)
    inner.embedded.clear()
    second = caching.embed(["a wheel", "larch"])
    assert (second[0] == first[1]).all()
    assert inner.embedded == ["larch"]
    assert caching.embed([]).shape == (0, inner.dimensions)
    assert list(caching.token_offsets("a mill")) == list(inner.token_offsets("a mill"))
    assert (caching.name, caching.max_tokens) == (inner.name, inner.max_tokens)


def test_it_begins_anew_when_it_keeps_too_many() -> None:
    inner = CountingEmbedder()
    caching = CachingEmbedder(inner, most_texts=2)
    caching.embed(["a mill", "a wheel", "larch"])
    inner.embedded.clear()
    assert caching.embed(["larch"]) == pytest.approx(inner.embed(["larch"]), abs=1e-6)
    caching.embed(["larch", "rye"])
    assert inner.embedded == ["larch", "larch", "rye"]
    caching.embed(["a mill"])
    assert inner.embedded == ["larch", "larch", "rye", "a mill"]
