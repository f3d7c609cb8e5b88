"""How fast the embedded model decodes with one thread and with two, idle and beside others (`python benchmarks/threads.py`).

For each number of busy processes, workers with 1 and with 2 threads decode and read a prompt in turn; of the two threads,
the one that waits sleeps, as with us beside others, or spins, as with us alone. The figures are medians over the rounds,
those of two threads as ratios to one thread in the same round. `others` are the cores that strangers kept busy meanwhile.
"""

import argparse
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
from ayllu.backends.llamacpp.process import WorkerProcess
from ayllu.backends.llamacpp.threads import CpuLoad
from ayllu.backends.llamacpp.worker import WorkerSpec
from ayllu.models import DEFAULT_CHAT, ModelStore

ROUNDS = 5
TOKENS = 48
BUSY = (0, 1)
THREADING = {
    "1": (1, 0),
    "2": (2, 0),
    "2_spinning": (2, 300_000),
}  # threads, and how often the waiting thread looks before it sleeps
PROMPT = "stone river bread lamp wheel garden " * 40


def worker(model: str, threads: int, spins: int) -> WorkerProcess:
    os.environ["GOMP_SPINCOUNT"] = str(spins)
    started = WorkerProcess(WorkerSpec(model, "bench", secrets.token_urlsafe(16), 2048, 1, 0, threads))
    started.wait_until_ready()
    return started


def rates(worker: WorkerProcess, number: int) -> tuple[float, float]:
    """Tokens a second: decoded, and read."""
    body = {"prompt": f"{number} {PROMPT}", "n_predict": TOKENS, "temperature": 0, "ignore_eos": True, "cache_prompt": False}
    key = {"Authorization": f"Bearer {worker.key}"}
    answer = httpx.post(f"{worker.url}/completion", json=body, headers=key, timeout=600, trust_env=False)
    timings = answer.raise_for_status().json()["timings"]
    return timings["predicted_per_second"], timings["prompt_per_second"]


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    model = str(ModelStore(paths.find().models).ensure(DEFAULT_CHAT))
    workers = {name: worker(model, *threading) for name, threading in THREADING.items()}
    load, busy_cores = CpuLoad(), []
    rates_by_case: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for number in range(ROUNDS):
        for busy in BUSY:
            with busy_processes(busy):
                for name in list(THREADING) if number % 2 else reversed(THREADING):
                    rates_by_case.setdefault((busy, name), []).append(rates(workers[name], number))
            busy_cores.append(load.busy_cores())
    for started in workers.values():
        started.stop()
    figures: dict[str, float] = {}
    for (busy, name), rounds in rates_by_case.items():
        for phase, column in (("decode", 0), ("read", 1)):
            values = [pair[column] for pair in rounds]
            if name == "1":
                figures[f"{phase}_1_beside_{busy}"] = round(statistics.median(values), 1)
            else:
                ratios = [rate / single[column] for rate, single in zip(values, rates_by_case[busy, "1"], strict=True)]
                figures[f"{phase}_{name}_beside_{busy}_ratio"] = round(statistics.median(ratios), 2)
    print(json.dumps({"rounds": ROUNDS, "others": round(statistics.median(busy_cores), 2), **dict(sorted(figures.items()))}))


if __name__ == "__main__":
    main()
