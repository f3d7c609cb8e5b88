"""What the whole stack costs over `xllamacpp` called directly (run `python benchmarks/backend.py`).

Both hold the default model with the same settings, one after the other for each prompt, whose beginning neither has in its
cache. Decoding through AutoGen's client, HTTP and a second process should keep 0.95 of the speed; the first token may take
1.15 times as long. The ratios are medians over the prompts, each a ratio of the two runs of one prompt.
"""

import argparse
import asyncio
import dataclasses
import json
import statistics
import threading
import time

import psutil
import xllamacpp
from autogen_core.models import CreateResult, UserMessage
from ayllu import paths
from ayllu.backends import Backend, open_backend
from ayllu.backends.llamacpp.worker import WorkerSpec, server_parameters
from ayllu.config import Settings
from ayllu.models import ModelStore

PROMPTS = 12
TOKENS = 96


@dataclasses.dataclass
class Run:
    """Seconds to the first token, tokens a second after it, and this process's CPU milliseconds for each of them."""

    first_s: float
    rate: float
    cpu_ms: float


def summarise(stamps: list[float], began: float, cpu_s: float) -> Run:
    tokens = len(stamps) - 1
    return Run(stamps[0] - began, tokens / (stamps[-1] - stamps[0]), 1000 * cpu_s / tokens)


def direct(server: xllamacpp.Server, prompt: str) -> Run:
    stamps: list[float] = []
    done = threading.Event()

    def receive(piece: object) -> bool:
        for chunk in piece if isinstance(piece, list) else [piece]:
            choices = chunk.get("choices") or [{}]
            if (choices[0].get("delta") or {}).get("content"):
                stamps.append(time.perf_counter())
            if choices[0].get("finish_reason"):
                done.set()
        return False

    began = time.perf_counter()
    request = {"messages": [{"role": "user", "content": prompt}], "stream": True, "max_tokens": TOKENS, "temperature": 0}
    server.handle_chat_completions(request, receive)
    done.wait(60)
    return summarise(stamps, began, 0.0)  # it decodes in this very process


async def stacked(backend: Backend, prompt: str) -> Run:
    stamps: list[float] = []
    cpu_s = 0.0
    began = time.perf_counter()
    messages = [UserMessage(content=prompt, source="user")]
    async for piece in backend.client.create_stream(messages, extra_create_args={"max_tokens": TOKENS, "temperature": 0}):
        if not isinstance(piece, CreateResult):
            cpu_s = cpu_s or time.process_time()
            stamps.append(time.perf_counter())
    return summarise(stamps, began, time.process_time() - cpu_s)


async def main() -> None:
    models = ModelStore(paths.find().models)
    settings = Settings()
    backend = open_backend("llamacpp", settings, models)
    await backend.start()
    cores = psutil.cpu_count(logical=False) or 1
    path = str(models.ensure(settings.models.chat))
    spec = WorkerSpec(path, "direct", "unused", backend.context, 1, 0, cores)
    server = xllamacpp.Server(server_parameters(spec))
    words = "stone river bread lamp wheel garden paper winter copper bridge mill seed".split()
    pairs = []
    for number in range(PROMPTS):
        subject = " ".join(words[(number + step) % 12] for step in range(120))
        prompt = f"Case {number}: {subject}. Write a long story about it."
        direct_first = number % 2 == 0
        first = direct(server, prompt) if direct_first else await stacked(backend, prompt)
        second = await stacked(backend, prompt) if direct_first else direct(server, prompt)
        pairs.append((first, second) if direct_first else (second, first))
    await backend.close()
    print(
        json.dumps(
            {
                "decode_ratio": round(statistics.median(ours.rate / theirs.rate for theirs, ours in pairs), 3),
                "first_token_ratio": round(statistics.median(ours.first_s / theirs.first_s for theirs, ours in pairs), 3),
                "client_cpu_ms_per_token": round(statistics.median(ours.cpu_ms for _, ours in pairs), 3),
                "direct_tokens_per_second": round(statistics.median(theirs.rate for theirs, _ in pairs), 1),
                "direct_first_token_s": round(statistics.median(theirs.first_s for theirs, _ in pairs), 4),
                "prompts": len(pairs),
            }
        )
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    asyncio.run(main())
