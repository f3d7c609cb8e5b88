"""Kill an ingest at random moments, and let two of them write at once (run `python benchmarks/soak_ingest.py [KILLS]`).

After each kill the next command must find or mend a whole library, and must not die of a signal.
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
from pathlib import Path

DOCUMENTS = 400


def ayllu(*words: str, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ayllu", *words, "--json"]
    return subprocess.Popen(
        command, env={**os.environ, "AYLLU_HOME": str(home)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(*words: str, home: Path) -> dict[str, object]:
    process = ayllu(*words, home=home)
    out, err = process.communicate(timeout=300)
    if process.returncode not in (0, 1):
        raise SystemExit(f"ayllu {' '.join(words)} ended with {process.returncode}: {err[-500:]}")
    return json.loads(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", metavar="KILLS", type=int, nargs="?", default=20)
    kills = parser.parse_args().kills
    chance = random.Random(0)
    mended = 0
    with tempfile.TemporaryDirectory() as folder:
        home, docs = Path(folder) / "home", Path(folder) / "docs"
        docs.mkdir()
        for lot in range(DOCUMENTS):
            (docs / f"{lot}.txt").write_text(
                f"Lot {lot} of the auction is a chair made in {1000 + lot}.\n\n" + "It is old. " * 80
            )
        began = time.perf_counter()
        run("ingest", str(docs), home=home)
        full_ingest_s = time.perf_counter() - began
        for _ in range(kills):
            for lot in chance.sample(range(DOCUMENTS), 200):
                (docs / f"{lot}.txt").write_text(
                    f"Lot {lot} of the auction is a chair made in {1000 + lot}, {chance.random()}.\n"
                )
            process = ayllu("ingest", str(docs), home=home)
            time.sleep(chance.uniform(0.2, 0.8) * full_ingest_s)
            process.send_signal(signal.SIGKILL)
            _, err = process.communicate()
            report = run("sources", "verify", home=home)
            if report["problems"]:
                raise SystemExit(f"not whole after a kill: {report}")
            mended += "rebuil" in err
        writers = [ayllu("ingest", str(docs), home=home) for _ in range(2)]
        codes = []
        for writer in writers:
            writer.communicate(timeout=300)
            codes.append(writer.returncode)
        last = run("ingest", str(docs), home=home)
        results = run("search", "Which lot was made in 1107?", home=home)["results"]
        verified = run("sources", "verify", home=home)
        print(
            json.dumps(
                {
                    "kills": kills,
                    "mended": mended,
                    "two_writers_exit": codes,
                    "documents": last["documents"],
                    "problems": verified["problems"],
                    "found": results[0]["text"][:40],
                }
            )
        )


if __name__ == "__main__":
    main()
