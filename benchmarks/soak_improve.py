"""Kill training, export and promotion at random moments (run `python benchmarks/soak_improve.py [KILLS]`).

After each kill the next command must work, no adapter may be half there or half exported, what is in use answers, and
the feedback log must be what it was. At the end an improvement runs through, and collection leaves nothing behind.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import gguf
from ayllu.adapters import AdapterRegistry
from safetensors import safe_open

SQUAD = Path(__file__).resolve().parents[1] / "tests" / "training" / "data" / "squad.json"
PROMOTING = """
import sys
from pathlib import Path
from ayllu.adapters import AdapterRegistry
registry = AdapterRegistry(Path(sys.argv[1]))
while True:
    for adapter in registry.list():
        registry.promote(adapter.adapter_id)
    registry.rollback(adapter.base)
"""


class Soak:
    """One home, and what must be true of it at any time."""

    def __init__(self, home: Path) -> None:
        self.home, self.out = home, home.parent / "out"
        self.registry = AdapterRegistry(home / "adapters")
        self.run("feedback", "import", str(SQUAD))
        self.events = self.feedback()
        self.first = str(self.run("train", "sft", "--epochs", "0.5")["adapter_id"])
        self.base = self.registry.get(self.first).base

    def start(self, *words: str) -> subprocess.Popen[str]:
        if words == ("promote",):
            command = [sys.executable, "-c", PROMOTING, str(self.registry.folder)]
        else:
            command = [sys.executable, "-m", "ayllu", *words, "--json"]
        env = {**os.environ, "AYLLU_HOME": str(self.home)}
        return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words: str) -> dict[str, object]:
        process = self.start(*words)
        out, err = process.communicate(timeout=3600)
        if process.returncode:
            raise SystemExit(f"ayllu {' '.join(words)} ended with {process.returncode}: {out}{err[-500:]}")
        return json.loads(out)

    def kill(self, words: tuple[str, ...], after_s: float) -> bool:
        """Start a command and kill it; whether it was still at work then."""
        process = self.start(*words)
        time.sleep(after_s)
        running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return running

    def feedback(self) -> list[object]:
        return self.run("feedback", "list")["events"]

    def check(self) -> None:
        if self.feedback() != self.events:
            raise SystemExit("the feedback log is not what it was")
        for adapter in self.run("adapters", "list")["adapters"]:
            folder = self.registry.path(adapter["adapter_id"]).parent
            for tensor in gguf.GGUFReader(folder / "adapter.gguf").tensors:
                tensor.data.sum()
            self.read(folder / "peft" / "adapter_model.safetensors")
        for file in self.out.glob("*/*.safetensors"):
            self.read(file)
        active = self.registry.active(self.base)
        answer = self.run("ask", "Who founded the tool library?")
        if answer["adapter"] != (active.adapter_id if active else None):
            raise SystemExit(f"not answered with what is in use: {answer}")

    @staticmethod
    def read(file: Path) -> None:
        with safe_open(file, framework="numpy") as tensors:
            names = list(tensors.keys())
            if not names or tensors.get_tensor(names[-1]) is None:
                raise SystemExit(f"{file} is not whole")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", metavar="KILLS", type=int, nargs="?", default=30)
    kills = parser.parse_args().kills
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder) / "home")
        took = {}
        kinds = {
            "improve": ("improve", "--epochs", "0.5"),
            "promote": ("promote",),
            "train": ("train", "sft", "--epochs", "0.5"),
            "export": ("adapters", "export", soak.first, "--format", "merged", "--dtype", "float32", "-o"),
        }
        began = time.perf_counter()
        soak.run(*kinds["export"], str(soak.out / "whole"))
        took["export"] = time.perf_counter() - began
        began = time.perf_counter()
        soak.run(*kinds["improve"])
        took["improve"] = time.perf_counter() - began
        took["train"], took["promote"] = took["improve"] / 3, 3.0
        amid = dict.fromkeys(kinds, 0)
        for at, kind in zip(range(kills), cycle(kinds), strict=False):
            words = kinds[kind] if kind != "export" else (*kinds[kind], str(soak.out / str(at)))
            amid[kind] += soak.kill(words, chance.uniform(0.05, 1.0) * took[kind])
            soak.check()
            print(f"\r{at + 1} of {kills}", end="", file=sys.stderr, flush=True)
        done = soak.run(*kinds["improve"])
        freed = soak.run("adapters", "gc", "--keep", "0", "--days", "0")
        left = [path.name for path in (soak.registry.folder / ".work").iterdir()]
        print(
            json.dumps(
                {
                    "kills": kills,
                    "amid": amid,
                    "events": len(soak.events),
                    "last": done["adapter_id"],
                    "collected": len(freed["removed"]),
                    "leftovers": len(freed["leftovers"]),
                    "left": left,
                }
            )
        )


if __name__ == "__main__":
    main()
