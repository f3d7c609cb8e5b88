"""How fast the embedded model decodes with one thread and with two, idle and beside others (`python benchmarks/threads.py`).

For each number of busy processes, workers with 1 and with 2 threads decode and read a prompt in turn; of the two threads,
the one that waits sleeps, as with us beside others, or spins, as with us alone. The figures are medians over the rounds,
those of two threads as ratios to one thread in the same round. `others` are the cores that strangers kept busy meanwhile.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from ayllu import paths
from ayllu.backends.llamacpp.process import Worker
from ayllu.backends.llamacpp.threads import Others
from ayllu.backends.llamacpp.worker import Spec
from ayllu.models import DEFAULT_CHAT, ModelStore

ROUNDS = 5
TOKENS = 48
BUSY = (0, 1)
WAYS = {"1": (1, 0), "2": (2, 0), "2_spinning": (2, 300_000)}  # threads, and how often a waiting one looks before it sleeps
PROMPT = "stone river bread lamp wheel garden " * 40


def worker(model: str, threads: int, spins: int) -> Worker:
    os.environ["GOMP_SPINCOUNT"] = str(spins)
    started = Worker(Spec(model, "bench", secrets.token_urlsafe(16), 2048, 1, 0, threads))
    started.ready()
    return started


def rates(worker: Worker, at: int) -> tuple[float, float]:
    """Tokens a second: decoded, and read."""
    body = {"prompt": f"{at} {PROMPT}", "n_predict": TOKENS, "temperature": 0, "ignore_eos": True, "cache_prompt": False}
    key = {"Authorization": f"Bearer {worker.key}"}
    answer = httpx.post(f"{worker.url}/completion", json=body, headers=key, timeout=600, trust_env=False)
    timings = answer.raise_for_status().json()["timings"]
    return timings["predicted_per_second"], timings["prompt_per_second"]


@contextmanager
def beside(count: int) -> Iterator[None]:
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def main() -> None:
    model = str(ModelStore(paths.find().models).ensure(DEFAULT_CHAT))
    workers = {name: worker(model, *way) for name, way in WAYS.items()}
    others, seen = Others(), []
    found: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for at in range(ROUNDS):
        for busy in BUSY:
            with beside(busy):
                for name in list(WAYS) if at % 2 else reversed(WAYS):
                    found.setdefault((busy, name), []).append(rates(workers[name], at))
            seen.append(others.busy())
    for one in workers.values():
        one.stop()
    figures: dict[str, float] = {}
    for (busy, name), rounds in found.items():
        for what, which in (("decode", 0), ("read", 1)):
            values = [one[which] for one in rounds]
            if name == "1":
                figures[f"{what}_1_beside_{busy}"] = round(statistics.median(values), 1)
            else:
                ratios = [two / one[which] for two, one in zip(values, found[busy, "1"], strict=True)]
                figures[f"{what}_{name}_beside_{busy}_ratio"] = round(statistics.median(ratios), 2)
    print(json.dumps({"rounds": ROUNDS, "others": round(statistics.median(seen), 2), **dict(sorted(figures.items()))}))


if __name__ == "__main__":
    main()
