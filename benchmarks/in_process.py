"""Tokens a second of the `transformers` backend: untuned, in a batch, with an adapter (`benchmarks/in_process.py [MODEL]`).

On a GPU in bfloat16 where there is one, else on the CPU. The adapter is a random one of rank 16 on all linear layers: what
it costs does not depend on what it learnt. Medians of three answers of 128 tokens each, after one that warms up.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import warnings
from pathlib import Path

from autogen_core.models import CreateResult, UserMessage
from ayllu import paths
from ayllu.backends import open_backend
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.config import Settings, TransformersSettings
from ayllu.models import ModelStore

TOKENS = 128
ROUNDS = 3


def write_random_adapter(backend: TransformersBackend, folder: Path) -> None:
    """Write a random LoRA for the model that is loaded, and take it off again."""
    from peft import LoraConfig, get_peft_model

    assert backend.loaded is not None
    config = LoraConfig(r=16, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    with warnings.catch_warnings(action="ignore"):
        tuned = get_peft_model(backend.loaded.model, config)
        tuned.save_pretrained(str(folder))
    tuned.unload()


async def measure(backend: TransformersBackend) -> dict[str, float]:
    firsts, rates = [], []
    for number in range(ROUNDS + 1):
        stamps, began = [], time.perf_counter()
        messages = [UserMessage(content=f"{number}: write a very long story about the sea.", source="user")]
        extra = {"max_tokens": TOKENS, "temperature": 0.8, "seed": number}
        async for piece in backend.client.create_stream(messages, extra_create_args=extra):
            stamps.append(time.perf_counter())
            if isinstance(piece, CreateResult) and number:  # the first one warms up
                firsts.append(stamps[0] - began)
                rates.append((piece.usage.completion_tokens - 1) / (stamps[-1] - stamps[0]))
    return {
        "tokens_per_second": round(statistics.median(rates), 1),
        "first_token_s": round(statistics.median(firsts), 3),
    }


async def measure_batch(backend: TransformersBackend, answers: int) -> float:
    """Tokens a second of as many answers at once."""

    async def answer(number: int) -> int:
        messages = [UserMessage(content=f"{number}: write a very long story about the sea.", source="user")]
        return (await backend.client.create(messages, extra_create_args={"max_tokens": TOKENS})).usage.completion_tokens

    began = time.perf_counter()
    tokens = await asyncio.gather(*(answer(number) for number in range(answers)))
    return round(sum(tokens) / (time.perf_counter() - began), 1)


async def open_loaded(model: str | None, **options: str) -> TransformersBackend:
    table = TransformersSettings(kind="transformers", model=model, **options)
    backend = open_backend("bench", Settings(backends={"bench": table}), ModelStore(paths.find().models))
    assert isinstance(backend, TransformersBackend)
    await backend.start()
    return backend


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", metavar="MODEL", nargs="?", help="else the settings' own")
    model = parser.parse_args().model
    plain = await open_loaded(model)
    figures = {"model": plain.model, **dict((await plain.health()).details), "untuned": await measure(plain)}
    figures["batch"] = {"answers": plain.thread.batch, "tokens_per_second": await measure_batch(plain, plain.thread.batch)}
    with tempfile.TemporaryDirectory(prefix="ayllu-bench-") as folder:
        write_random_adapter(plain, Path(folder))
        await plain.close()
        tuned = await open_loaded(model, adapter=folder)
        figures["with_lora"] = await measure(tuned)
        await tuned.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main())
