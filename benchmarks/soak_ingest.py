"""Kill ingests at random moments beside a second writer, a reader and a watch: `python benchmarks/soak_ingest.py [KILLS]`.

Documents are changed, added, moved and removed meanwhile. After each kill the next command must find or mend a whole library
and no process may be left; at the end the library must be, to the byte, the one that an undisturbed run gives.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

DOCUMENTS = 200
WATCHED_EVERY = 5  # kills
LONGEST_S = 600  # of one command, on a busy machine
SUBJECTS = "chairs clocks kettles lamps mirrors organs pianos quilts rugs saddles tables urns vases wagons".split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", metavar="KILLS", type=int, nargs="?", default=50)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(soak(Path(folder), kills)))


def soak(folder: Path, kills: int) -> dict[str, Any]:
    home, corpus = folder / "home", Corpus(folder / "docs")
    began = time.perf_counter()
    run("ingest", str(corpus.folder), home=home)
    undisturbed_s = time.perf_counter() - began
    mended = 0
    for number in range(kills):
        corpus.change()
        with watching(corpus.folder, home) if number % WATCHED_EVERY == 0 else contextlib.nullcontext():
            killed = ayllu("ingest", str(corpus.folder), home=home)
            reader = ayllu("search", "Which lot was made in 1107?", home=home)
            time.sleep(corpus.chance.uniform(0.1, 0.8) * undisturbed_s)
            second = ayllu("ingest", str(corpus.folder), home=home)
            kill(killed)
            expect(reader, "a reader beside two writers")
            mended += "mended" in expect(second, "the second writer")
        check(run("sources", "verify", home=home)["problems"] == [], "the library is not whole after a kill")
    run("ingest", str(corpus.folder), home=home)
    fresh = folder / "fresh"
    run("ingest", str(corpus.folder), home=fresh)
    check(contents(home) == contents(fresh), "the library is not that of an undisturbed run")
    return {"kills": kills, "mended": mended, "documents": len(contents(home)), "undisturbed_s": round(undisturbed_s, 1)}


class Corpus:
    """A folder of documents that changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chance = random.Random(0)
        self._number = 0
        for _ in range(DOCUMENTS):
            self._add()

    def change(self) -> None:
        """A fifth of the documents changed; some new, some gone, some moved."""
        files = sorted(self.folder.rglob("*.md"))
        chosen = self.chance.sample(files, DOCUMENTS // 4)
        for file in chosen[:40]:
            file.write_text(f"{file.read_text()}\n\nIt was sold for {self.chance.random()}.\n")
        for file in chosen[40:44]:
            file.unlink()
            self._add()
        for file in chosen[44:]:
            file.rename(file.with_name(f"moved-{file.name[-60:]}"))

    def _add(self) -> None:
        lot, self._number = self._number, self._number + 1
        subject = self.chance.choice(SUBJECTS)
        file = self.folder / f"room-{lot % 7}" / f"{lot}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        words = " ".join(self.chance.choice(SUBJECTS) for _ in range(80))
        file.write_text(f"# Lot {lot}\n\nLot {lot} of {subject} was made in {1000 + lot}.\n\nBeside it stand {words}.\n")


def ayllu(*words: str, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "ayllu", *words, "--json"]
    return subprocess.Popen(
        command, env={**os.environ, "AYLLU_HOME": str(home)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(*words: str, home: Path) -> dict[str, Any]:
    process = ayllu(*words, home=home)
    out, err = process.communicate(timeout=LONGEST_S)
    check(process.returncode == 0, f"ayllu {' '.join(words)} ended with {process.returncode}: {(out + err)[-500:]}")
    result: dict[str, Any] = json.loads(out)
    return result


def expect(process: subprocess.Popen[str], role: str) -> str:
    """What it wrote on stderr, once it has ended well."""
    out, err = process.communicate(timeout=LONGEST_S)
    check(process.returncode == 0, f"{role} ended with {process.returncode}: {(out + err)[-500:]}")
    return err


def kill(process: subprocess.Popen[str]) -> None:
    """With SIGKILL; whatever it started must end by itself."""
    with contextlib.suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        _, alive = psutil.wait_procs(children, timeout=30)
        check(not alive, f"processes outlive their parent: {alive}")


@contextlib.contextmanager
def watching(folder: Path, home: Path) -> Iterator[None]:
    """An `ingest --watch` meanwhile, ended by Ctrl-C."""
    watch = ayllu("ingest", str(folder), "--watch", home=home)
    try:
        yield
    finally:
        watch.send_signal(signal.SIGINT)
        out, err = watch.communicate(timeout=LONGEST_S)
        check(watch.returncode in (0, 130), f"the watch ended with {watch.returncode}: {(out + err)[-500:]}")


def contents(home: Path) -> dict[str, Any]:
    """Each document with its chunks, vectors and all."""
    with contextlib.closing(sqlite3.connect(home / "library" / "library.sqlite")) as connection:
        sources = dict(connection.execute("SELECT id, source FROM sources"))
        kept: dict[str, Any] = {source: [] for source in sources.values()}
        chunks = 'SELECT source, start, "end", text, heading, terms, hex(digest) FROM chunks ORDER BY source, start'
        for source, *chunk in connection.execute(chunks):
            kept[sources[source]].append(chunk)
    return {source: hashlib.sha256(repr(chunks).encode()).hexdigest() for source, chunks in kept.items()}


def check(holds: bool, problem: str) -> None:
    if not holds:
        raise SystemExit(problem)


if __name__ == "__main__":
    main()
