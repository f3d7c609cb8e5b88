"""Reading documents says nothing about vector stores: the tests of it have the plainest, which opens at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.retrieval import Embedder, Library


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder, store="plain") as library:
        yield library
