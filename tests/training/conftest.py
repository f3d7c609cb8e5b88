"""Tiny random models as llama.cpp reads them, and corrections to learn from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ayllu.tests.training.tiny_models import random_model, write_gguf

MakeGguf = Callable[..., Path]


@pytest.fixture(scope="session")
def make_gguf(tmp_path_factory: pytest.TempPathFactory) -> MakeGguf:
    """Makes a random model of some ten thousand weights as a GGUF file, a Llama unless said otherwise; as is its shape."""

    def make(seed: int = 0, family: str = "llama", **shape: Any) -> Path:
        path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
        write_gguf(random_model(family, seed, **shape), path)
        return path

    return make


@pytest.fixture(scope="session")
def tiny_gguf(make_gguf: MakeGguf) -> Path:
    return make_gguf()
