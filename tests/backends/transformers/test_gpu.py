"""What a GPU changes, and what it must not: `make test-gpu`."""

from collections.abc import Callable

import pytest
from ayllu.backends import RawRequest
from ayllu.backends.transformers.backend import TransformersBackend

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
