"""What a GPU changes, and what it must not: `make test-gpu`."""

from collections.abc import Callable

import pytest
from ayllu.backends import RawRequest
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.backends.transformers.prompt_cache import PromptCache

pytestmark = pytest.mark.gpu


async def test_a_gpu_answers_as_the_cpu_does_and_its_memory_is_given_back(
    opened: Callable[..., TransformersBackend],
) -> None:
    import torch

    before = torch.cuda.memory_allocated()
    answers = []
    for device in ("cpu", "cuda"):
        backend = opened(device=device)
        assert backend.raw is not None
        answers.append(await backend.raw.complete(RawRequest("Hello there", max_tokens=12, n_probs=1)))
    assert torch.cuda.memory_allocated() > before
    assert answers[0].text[:4] == answers[1].text[:4]  # later letters may part: its numbers are of another width
    await backend.close()
    assert torch.cuda.memory_allocated() == before


async def test_a_captured_step_leads_to_what_an_uncaptured_one_does(opened: Callable[..., TransformersBackend]) -> None:
    backend = opened(device="cuda")
    assert backend.raw is not None
    engine = await backend.engine()
    request = RawRequest("Hello there", max_tokens=40, n_probs=1)
    captured = await backend.raw.complete(request)
    assert engine.cache.captured
    engine.cache = PromptCache(engine.model, "cuda")
    plain = await backend.raw.complete(request)
    assert captured.logprobs[:4] == pytest.approx(plain.logprobs[:4], abs=0.05)  # bfloat16
    assert captured.text[:4] == plain.text[:4]
