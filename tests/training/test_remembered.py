"""The remembering embedder, over the real one."""

from collections.abc import Sequence

import numpy as np
import pytest
from ayllu import paths
from ayllu.models import ModelStore
from ayllu.retrieval import open_embedder
from ayllu.training.loop.caching_embedder import Remembered

pytestmark = pytest.mark.model


def test_each_text_is_embedded_once_and_comes_back_in_its_place() -> None:
    real = open_embedder("onnx", ModelStore(paths.find().models))
    asked: list[str] = []

    class Counted(Remembered):
        def embed(self, texts: Sequence[str]) -> np.ndarray:
            asked.extend(texts)
            return super().embed(texts)

    remembered = Remembered(Counted(real))
    first = remembered.embed(["a mill", "a wheel", "a mill"])
    assert first.shape == (3, real.dimensions)
    assert (first[0] == first[2]).all()
    assert first[:2] == pytest.approx(real.embed(["a mill", "a wheel"]), abs=1e-6)
    second = remembered.embed(["a wheel", "larch"])
    assert (second[0] == first[1]).all()
    assert asked == ["a mill", "a wheel", "larch"]
    assert remembered.embed([]).shape == (0, real.dimensions)
    assert list(remembered.token_offsets("a mill")) == list(real.token_offsets("a mill"))
    assert (remembered.name, remembered.max_tokens) == (real.name, real.max_tokens)
