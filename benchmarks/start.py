"""How soon the program is there (run `python benchmarks/start.py`): ratios, each pair of runs taken in turns.

`ayllu --help` against a bare Python: at most 10. The first frame of the chat, in a terminal of its own, against that of a
Textual program of one widget: at most 1.6.
"""

import argparse
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 11
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("FIRSTFRAME")
Bare().run()
"""


def run_s(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def frame_s(command: Sequence[str], shown: bytes, home: str) -> float:
    """Seconds until `shown` is on the screen of a terminal of its own."""
    began = time.perf_counter()
    pid, screen = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30", "AYLLU_HOME": home}
        os.execv(command[0], command)
    seen = b""
    try:
        while shown not in seen:
            ready, _, _ = select.select([screen], [], [], 30)
            if not ready:
                raise TimeoutError(f"{command} showed nothing in 30 s")
            seen += os.read(screen, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(screen)


def ratio(times: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    bare, ours = (statistics.median(seconds) for seconds in zip(*times, strict=True))
    return round(bare, 3), round(ours, 3), round(ours / bare, 2)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    python = sys.executable
    with tempfile.TemporaryDirectory() as home:
        Path(home, "first-run").write_text("asked\n", "utf-8")  # else the first start has questions before its first frame
        helps = [(run_s([python, "-c", "pass"]), run_s([python, "-m", "ayllu", "--help"])) for _ in range(ROUNDS)]
        frames = [
            (
                frame_s([python, "-c", BARE], b"FIRSTFRAME", home),
                frame_s([python, "-m", "ayllu", "chat"], b"Ask", home),
            )
            for _ in range(ROUNDS)
        ]
    print(json.dumps(dict(zip(("python_s", "help_s", "help_ratio"), ratio(helps[1:]), strict=True))))
    print(json.dumps(dict(zip(("bare_frame_s", "chat_frame_s", "frame_ratio"), ratio(frames[1:]), strict=True))))


if __name__ == "__main__":
    main()
