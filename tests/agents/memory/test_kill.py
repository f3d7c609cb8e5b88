"""What is entries is what the log holds, wherever the program was killed: nothing of it is written by itself."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ayllu.agents import Memory
from ayllu.feedback import FeedbackLog

CORRECTING = """
import sys
from pathlib import Path
from ayllu.agents import Memory
from ayllu.feedback import FeedbackLog
from ayllu.tests.exchanges import exchange
from ayllu.retrieval import HashingEmbedder
log = FeedbackLog.open(Path(sys.argv[1]))
memory = Memory(lambda: log, "ana")
embedder = HashingEmbedder()
start = int(sys.argv[2])
for number in range(start, start + 1000):
    kept = exchange(f"m{number}", question=f"When does ferry {number} leave?")
    log.rate(kept, person="ana", correction=f"7:45 of {number}")
    print(number, flush=True)
    entries = memory.entries()
    memory._kept.vectors(entries[:5], embedder.name, embedder.embed_query)
    if number % 7 == 6:
        log.forget(f"m{number - 3}")
        print(-(number - 3), flush=True)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_memory_as_the_log_has_it(tmp_path: Path) -> None:
    file, acknowledged, start = tmp_path / "feedback.sqlite", set[int](), 0
    chance = random.Random(0)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", CORRECTING, str(file), str(start)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0.05, 1.0))
            process.send_signal(signal.SIGKILL)
            for line in (first, *process.stdout.read().splitlines()):
                if line.strip().lstrip("-").isdigit():
                    number = int(line)
                    acknowledged.discard(-number) if number < 0 else acknowledged.add(number)
        log = FeedbackLog.open(file)
        entries = {int(entry.message_id[1:]) for entry in Memory(lambda log=log: log, "ana").entries()}
        standing = {int(event.message_id[1:]) for event in log.standing()}
        assert entries == standing
        assert acknowledged <= standing | {max(acknowledged | standing) - 3}  # that may be forgotten, and not yet told
        acknowledged &= standing
        derived = log.derived.read()
        assert {row.event_id for row in derived.values()} <= {event.event_id for event in log.list() if not event.forgotten}
        assert all(json.loads(row.body)["entry"] for row in derived.values())
        start = max(standing) + 1
        log.close()
