"""What a backend costs over its server called bare, and what the prompt cache saves (`benchmarks/servers.py [PROMPTS]`).

The server is llama.cpp's own, with the default model. Asked through the `openai` backend and by bare HTTP, turn about:
tokens a second (ratio, ≥ 0.97) and seconds more to the first token (≤ 0.02). The second turn of a conversation, as the span
writer sends it: its first token over that of the same prompt uncached (≤ 0.3). And how soon an answer stops (≤ 0.5 s).
"""

import argparse
import asyncio
import json
import os
import statistics
import time

import httpx
import psutil
from autogen_core.models import CreateResult, LLMMessage, UserMessage
from ayllu import paths
from ayllu.agents import load_span_prompt
from ayllu.backends import Backend, RawRequest, open_backend
from ayllu.backends.llamacpp.process import WorkerProcess
from ayllu.backends.llamacpp.worker import WorkerSpec
from ayllu.config import OpenAISettings, Settings
from ayllu.models import DEFAULT_CHAT, ModelStore

TOKENS = 96
WORDS = "stone river bread lamp wheel garden paper winter copper bridge mill seed".split()


def story(number: int, words: int) -> str:
    return f"Case {number}: " + " ".join(WORDS[(number + step) % 12] for step in range(words))


async def through_backend(backend: Backend, messages: list[LLMMessage], tokens: int = TOKENS) -> tuple[float, float, str]:
    """Seconds to the first token, tokens a second after it, and the text."""
    stamps, text, began = [], "", time.perf_counter()
    extra = {"max_tokens": tokens, "temperature": 0}
    async for piece in backend.client.create_stream(messages, extra_create_args=extra):
        if not isinstance(piece, CreateResult):
            stamps.append(time.perf_counter())
            text += piece
    return stamps[0] - began, (len(stamps) - 1) / max(stamps[-1] - stamps[0], 1e-9), text


async def bare(http: httpx.AsyncClient, text: str) -> tuple[float, float]:
    stamps, began = [], time.perf_counter()
    body = {"messages": [{"role": "user", "content": text}], "stream": True, "max_tokens": TOKENS, "temperature": 0}
    async with http.stream("POST", "/v1/chat/completions", json=body) as answer:
        async for line in answer.aiter_lines():
            if '"content":"' in line:
                stamps.append(time.perf_counter())
    return stamps[0] - began, (len(stamps) - 1) / (stamps[-1] - stamps[0])


async def overhead(backend: Backend, http: httpx.AsyncClient, prompts: int) -> dict[str, float]:
    rates, more = [], []
    for number in range(prompts):
        text = story(number, 80) + ". Write a long story about it."
        messages: list[LLMMessage] = [UserMessage(content=text, source="user")]
        turns = [lambda: bare(http, text), lambda: through_backend(backend, messages)]  # noqa: B023 - called before the next prompt
        await turns[number % 2]()  # fills the cache, so that both first tokens wait for nothing else
        runs = [await turns[turn]() for turn in ((0, 1) if number % 2 else (1, 0))]
        theirs, ours = runs if number % 2 else runs[::-1]
        rates.append(ours[1] / theirs[1])
        more.append(ours[0] - theirs[0])
    return {"rate_ratio": round(statistics.median(rates), 3), "first_token_more_s": round(statistics.median(more), 4)}


async def second_turn(models: ModelStore, prompts: int) -> dict[str, float]:
    """Two questions of a conversation as the span writer sends them: worked examples first, then a text and the question."""
    backend = open_backend("llamacpp", Settings(), models)
    await backend.start()
    raw = backend.raw
    assert raw is not None
    ratios, cached_shares = [], []

    async def timed(prompt: str) -> float:
        began = time.perf_counter()
        done = await raw.complete(RawRequest(prompt, max_tokens=1))
        cached_shares.append(done.cached_tokens / done.prompt_tokens)
        return time.perf_counter() - began

    for number in range(prompts):
        first = load_span_prompt(story(number, 40), "What is the case about?", None)
        second = load_span_prompt(story(number + 5, 40), f"And what is case {number + 5} about?", None)
        uncached = await timed(f"{number}. {second}")  # as long, and with nothing in common from its first word on
        await timed(first)
        cached = await timed(second)
        ratios.append(cached / uncached)
    await backend.close()
    return {
        "second_turn_ratio": round(statistics.median(ratios), 3),
        "second_turn_cached_share": round(statistics.median(cached_shares[2::3]), 3),
    }


async def stopping(backend: Backend, pid: int) -> dict[str, float]:
    """Seconds from leaving a stream until the server's processor time stands still, in steps of 0.05."""
    worker, waits = psutil.Process(pid), []
    for number in range(5):
        messages = [UserMessage(content=f"{number}: write a very long poem.", source="user")]
        stream = backend.client.create_stream(messages, extra_create_args={"max_tokens": 600})
        async for _ in stream:
            break
        began = time.perf_counter()
        await stream.aclose()
        used = -1.0
        while sum(worker.cpu_times()[:2]) - used > 0.005:
            used = sum(worker.cpu_times()[:2])
            await asyncio.sleep(0.05)
        waits.append(time.perf_counter() - began)
    return {"stop_s": round(statistics.median(waits), 2)}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", metavar="PROMPTS", type=int, nargs="?", default=10)
    prompts = parser.parse_args().prompts
    models = ModelStore(paths.find().models)
    os.environ["BENCH_KEY"] = key = "a-key-for-this-run"
    threads = psutil.cpu_count(logical=False) or 1
    spec = WorkerSpec(str(models.ensure(DEFAULT_CHAT)), DEFAULT_CHAT, key, 4096, 1, -1, threads)
    worker = WorkerProcess(spec)
    await asyncio.to_thread(worker.wait_until_ready)
    table = OpenAISettings(kind="llama-server", url=f"{worker.url}/v1", token_env="BENCH_KEY")
    backend = open_backend("bench", Settings(backends={"bench": table}), models)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=worker.url, headers=headers, timeout=300, trust_env=False) as http:
        await backend.start()
        figures = await overhead(backend, http, prompts)
        figures |= await second_turn(models, prompts) | await stopping(backend, worker.pid)
    await backend.close()
    worker.stop()
    print(json.dumps({"prompts": prompts, **figures}))


if __name__ == "__main__":
    asyncio.run(main())
