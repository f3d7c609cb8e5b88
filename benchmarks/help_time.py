"""How long `ayllu --help` takes, as a multiple of a bare Python: at most 10 (run `python -m ayllu.benchmarks.help_time`).

The two are run in turns, so that a busy machine slows both; the ratio is that of the medians.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

ROUNDS = 15
LIMIT = 10.0


def seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    bare, told = [sys.executable, "-c", "pass"], [sys.executable, "-m", "ayllu", "--help"]
    for command in (bare, told):  # files into the page cache, modules into bytecode
        seconds(command)
    pairs = [(seconds(bare), seconds(told)) for _ in range(rounds)]
    bare_s, help_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {"python_s": round(bare_s, 4), "help_s": round(help_s, 4), "ratio": round(help_s / bare_s, 2), "limit": LIMIT}


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures))
    sys.exit(0 if figures["ratio"] <= LIMIT else 1)
