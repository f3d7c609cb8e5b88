"""What a model has read is kept, a stop is heard while it reads, and tokens are spelled out."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from ayllu.backends import RawRequest
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.backends.transformers.generation import GenerationRequest
from ayllu.backends.transformers.loading import load_engine

Open = Callable[..., TransformersBackend]


async def test_what_two_prompts_have_in_common_is_read_once(opened: Open) -> None:
    backend, fresh = opened(), opened()
    assert backend.raw is not None
    long = "the same beginning of both prompts, and then "
    await backend.raw.complete(RawRequest(f"{long}one thing", max_tokens=9))
    again = await backend.raw.complete(RawRequest(f"{long}another", max_tokens=9, n_probs=3))
    assert again.cached_tokens == len(long)
    anew = await fresh.raw.complete(RawRequest(f"{long}another", max_tokens=9, n_probs=3))
    assert (anew.cached_tokens, anew.text) == (0, again.text)
    np.testing.assert_allclose(anew.logprobs, again.logprobs, atol=1e-4)
    assert [choice.id for choice in anew.first] == [choice.id for choice in again.first]
    assert anew.first[0].logprob >= anew.first[1].logprob


async def test_a_stop_is_heard_within_a_long_prompt(opened: Open) -> None:
    class Soon(Event):
        """Set from the third look on."""

        looks = 0

        def is_set(self) -> bool:
            self.looks += 1
            return self.looks > 2

    engine = await opened().engine()
    generation = engine.generate(GenerationRequest(engine.tokens("a" * 900), 50), lambda piece: None, Soon())
    assert (generation.finish, generation.tokens, generation.text) == ("stopped", 0, "")
    assert 0 < len(engine.cache.tokens) < 900


@pytest.mark.model
async def test_pieces_join_to_the_text_and_a_split_character_is_its_first_tokens(in_process: TransformersBackend) -> None:
    text = " The zoo opens at 9:30, wörld 🚲."
    pieces = await in_process.raw.tokenize(text)
    assert "".join(piece.text for piece in pieces) == text
    bicycle = next(at for at, piece in enumerate(pieces) if piece.text == " 🚲")
    assert [piece.text for piece in pieces[bicycle + 1 :]] == ["", "", "."]


def test_an_engine_takes_the_settings_of_its_model(tiny: Path) -> None:
    engine = load_engine(tiny, "cpu", 4096, 1)
    assert (engine.device, engine.dtype, engine.context) == ("cpu", "float32", 1024)  # the model reads no more


async def test_a_control_token_in_a_text_is_text(opened: Open) -> None:
    engine = await opened().engine()
    end = engine.tokenizer.eos_token_id
    assert engine.tokens("<end>", control=True) == [end]
    assert end not in engine.tokens("<end>")
    assert [piece.text.strip() for piece in engine.pieces("a<end>")] == list("a<end>")
