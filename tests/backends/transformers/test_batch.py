"""Answers that wait are written at once, each as if it were alone."""

import asyncio
from collections.abc import Callable
from threading import Event

import numpy as np
import pytest
from ayllu.backends import Completion, RawRequest
from ayllu.backends.errors import BackendFailed
from ayllu.backends.transformers.answer import PendingAnswer
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.backends.transformers.engine import Engine
from ayllu.backends.transformers.generation import Generation, GenerationRequest
from ayllu.errors import UsageError

Open = Callable[..., TransformersBackend]
PROMPTS = ["Hello there", "a", "some much longer beginning of a text", "Hello"]


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many answers each batch had."""
    sizes: list[int] = []
    generate_all = Engine.generate_all

    def counted(self: Engine, requests: list[GenerationRequest], *args: object) -> list[Generation]:
        sizes.append(len(requests))
        return generate_all(self, requests, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "generate_all", counted)
    return sizes


async def complete_all(backend: TransformersBackend, **options: object) -> list[Completion]:
    assert backend.raw is not None
    await backend.start()
    requests = [RawRequest(prompt, max_tokens=6 + at, n_probs=2, **options) for at, prompt in enumerate(PROMPTS)]  # type: ignore[arg-type]
    return await asyncio.gather(*(backend.raw.complete(request) for request in requests))


async def test_a_batch_says_what_each_would_have_said_alone(opened: Open, batches: list[int]) -> None:
    alone = await complete_all(opened(batch=1))
    assert not batches
    together = await complete_all(opened(batch=3))
    assert max(batches) == 3
    for single, batched in zip(alone, together, strict=True):
        assert (batched.text, batched.tokens, batched.finish) == (single.text, single.tokens, single.finish)
        assert batched.logprobs == pytest.approx(single.logprobs, abs=1e-4)


async def test_what_a_grammar_holds_is_written_alone(opened: Open, batches: list[int]) -> None:
    with pytest.raises(UsageError, match="cannot be held to a form"):  # the tiny model's tokenizer is too simple for it
        await complete_all(opened(batch=4), grammar='root ::= "ab"')
    assert not batches


async def test_one_answer_that_is_stopped_leaves_the_others(opened: Open) -> None:
    engine = await opened().engine()
    stopped, running = Event(), Event()
    stopped.set()
    requests = [GenerationRequest(engine.tokens(text), 5) for text in ("first", "second one")]
    generations = engine.generate_all(requests, [lambda piece: None] * 2, [stopped, running])
    assert [(generation.finish, generation.tokens) for generation in generations] == [("stopped", 0), ("length", 5)]


async def test_a_batch_that_memory_does_not_suffice_for_is_written_singly(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("out of memory")

    alone = await complete_all(opened(batch=1))
    monkeypatch.setattr("ayllu.backends.transformers.engine.decode_batch", fail)
    singly = await complete_all(opened(batch=4))
    assert [completion.text for completion in singly] == [completion.text for completion in alone]


async def test_what_fails_in_the_midst_of_a_batch_is_told_to_each(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_late(model: object, cache: object, device: str, answers: list[PendingAnswer]) -> None:
        for answer in answers:
            answer.next_token(np.eye(98, dtype=np.float32)[5])
        raise RuntimeError("the device is gone")

    monkeypatch.setattr("ayllu.backends.transformers.engine.decode_batch", fail_late)
    backend = opened(batch=4)
    await backend.start()
    assert backend.raw is not None
    results = await asyncio.gather(
        *(backend.raw.complete(RawRequest(prompt, max_tokens=6)) for prompt in PROMPTS), return_exceptions=True
    )
    failed = [result for result in results if isinstance(result, BackendFailed)]
    assert failed
    assert "the device is gone" in failed[0].message
