"""Memory of a fixed size holds what memory that grows does, and a text after another is read as if it were the first."""

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from ayllu.backends.transformers.engine import Engine
from ayllu.backends.transformers.fixed_cache import can_be_fixed, fixed_length
from ayllu.backends.transformers.loading import load_engine
from ayllu.backends.transformers.prompt_cache import PromptCache


@pytest.fixture
def engine(tiny: Path) -> Engine:
    return load_engine(tiny, "cpu", 4096, 1)


def test_both_kinds_of_memory_lead_to_the_same_scores(engine: Engine) -> None:
    import torch

    growing, fixed = PromptCache(engine.model, "cpu"), PromptCache(engine.model, "cpu", fixed=True)
    texts = ["the same beginning, and one thing", "the same beginning, and another", "something else"]
    with torch.inference_mode():
        for text in texts:
            ids = engine.tokens(text)
            kept = [cache.keep_common(ids, 8, engine.context) for cache in (growing, fixed)]
            assert kept[0] == kept[1]
            scores = [cache.read_prompt(ids[kept[0] :], Event()) for cache in (growing, fixed)]
            for _ in range(5):
                np.testing.assert_allclose(scores[0], scores[1], atol=1e-4)
                token = int(scores[0].argmax())
                scores = [cache.read([token]) for cache in (growing, fixed)]
    assert growing.tokens == fixed.tokens


def test_a_text_that_does_not_fit_gets_more_memory(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr("ayllu.backends.transformers.fixed_cache._SHORTEST", 8)
    growing, fixed = PromptCache(engine.model, "cpu"), PromptCache(engine.model, "cpu", fixed=True)
    with torch.inference_mode():
        for text in ("short", "short, and then long"):
            ids = engine.tokens(text)
            scores = []
            for cache in (growing, fixed):
                kept = cache.keep_common(ids, 3, engine.context)
                scores.append(cache.read_prompt(ids[kept:], Event()))
            np.testing.assert_allclose(scores[0], scores[1], atol=1e-4)


@pytest.mark.parametrize(
    ("tokens", "most", "length"), [(5, 4096, 2048), (2049, 8192, 4096), (5000, 6000, 6000), (5, 512, 512)]
)
def test_lengths_are_few_and_within_the_context(tokens: int, most: int, length: int) -> None:
    assert fixed_length(tokens, most) == length


def test_a_model_whose_layers_forget_is_read_from_memory_that_grows(engine: Engine) -> None:
    assert can_be_fixed(engine.model)
    engine.model.config.layer_types = ["sliding_attention"] * engine.model.config.num_hidden_layers
    engine.model.config.sliding_window = 16
    assert not can_be_fixed(engine.model)
