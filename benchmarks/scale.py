"""How search costs grow: exact scans against Chroma over synthetic vectors, and whole questions over synthetic passages.

    python benchmarks/scale.py scan --sizes 10000 100000 1000000
    python benchmarks/scale.py chroma --sizes 10000 30000
    python benchmarks/scale.py hybrid --sizes 26500 100000

Vectors are random of unit length: for a scan all are alike, for Chroma's graph random ones are the hardest. Passages are of
words drawn by Zipf's law: frequent ones cost keyword search most. A line of JSON a size; `docs/scale.md` has the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ayllu.retrieval import HashingEmbedder, Library, Vectors
from ayllu.retrieval.docstore import ChunkRecord, DocStore, SourceRecord
from ayllu.retrieval.stores import open_store, vector_file
from ayllu.retrieval.stores.scan_table import ScanTable

DIMENSIONS = 384
BATCH = 5_000
QUERIES = 60
NEAREST = 50
PASSAGE_WORDS = 60
VOCABULARY = 60_000
STOP_RANKS = 100
HEADER = vector_file.Header("bench", 1, "random", DIMENSIONS, "00")


def unit_rows(seed: int, count: int, dimensions: int = DIMENSIONS) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dimensions), np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def batches(size: int) -> Iterator[tuple[list[int], Vectors]]:
    for first in range(0, size, BATCH):
        count = min(BATCH, size - first)
        yield list(range(first + 1, first + count + 1)), unit_rows(first, count)


def query_times(search: Callable[[int], object]) -> dict[str, float]:
    """Milliseconds of `QUERIES` queries, after some that are not counted."""
    times, cpu = [], []
    for number in range(QUERIES + 5):
        began, worked = time.perf_counter(), time.process_time()
        search(number)
        times.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - worked))
    counted = sorted(times[5:])
    return {
        "first_ms": round(times[0], 1),
        "median_ms": round(statistics.median(counted), 1),
        "p95_ms": round(counted[int(0.95 * len(counted)) - 1], 1),
        "cpu_ms": round(statistics.median(cpu[5:]), 1),  # what does not depend on who else uses the machine
        "cpu_p95_ms": round(sorted(cpu[5:])[int(0.95 * QUERIES) - 1], 1),
    }


def disk_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_scan(size: int, folder: Path) -> dict[str, Any]:
    path = folder / "1.f32"
    digests = np.zeros((BATCH, 16), np.uint8)
    cpu, began = time.process_time(), time.perf_counter()
    vector_file.write(
        path, HEADER, (vector_file.join_columns(ids, digests[: len(ids)], rows) for ids, rows in batches(size))
    )
    built = {"build_s": round(time.perf_counter() - began, 1), "build_cpu_s": round(time.process_time() - cpu, 1)}
    questions = unit_rows(size + 7, QUERIES + 5)
    began = time.perf_counter()
    stored = vector_file.read(path)
    assert stored is not None
    table = ScanTable([(stored[1]["id"], stored[1]["vector"])])
    built["open_ms"] = round(1000 * (time.perf_counter() - began), 1)
    return built | query_times(lambda number: table.nearest(questions[number], NEAREST))


def measure_chroma(size: int, folder: Path) -> dict[str, Any]:
    cpu, began = time.process_time(), time.perf_counter()
    store = open_store("chroma", folder)
    for ids, rows in batches(size):
        store.upsert("vectors", [str(number) for number in ids], rows)
    built = {"build_s": round(time.perf_counter() - began, 1), "build_cpu_s": round(time.process_time() - cpu, 1)}
    questions = unit_rows(size + 7, QUERIES + 5)
    return built | query_times(lambda number: store.query("vectors", questions[number], NEAREST))


class RandomEmbedder(HashingEmbedder):
    """Random vectors, at no cost: what is measured is the search."""

    def __init__(self) -> None:
        super().__init__(DIMENSIONS)
        self.name = "random"
        self._next = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self._next += 1
        return unit_rows(self._next, len(texts))


def passages(size: int) -> Iterator[tuple[int, list[str]]]:
    random = np.random.default_rng(1)
    for first in range(0, size, BATCH):
        count = min(BATCH, size - first)
        ranks = np.minimum(random.zipf(1.2, (count, PASSAGE_WORDS)), VOCABULARY)
        yield first, [" ".join(f"word{rank}" for rank in row) for row in ranks]


def question_ranks() -> Any:
    """Six words a question, as frequent as content words are: stop words, which have the first ranks, are not looked up."""
    ranks = np.random.default_rng(2).zipf(1.2, 200 * QUERIES)
    ranks = ranks[(ranks > STOP_RANKS) & (ranks <= VOCABULARY)]
    return ranks[: 6 * (QUERIES + 5)].reshape(-1, 6)


def measure_hybrid(size: int, folder: Path) -> dict[str, Any]:
    """Whole searches in a warm process: keyword search, exact scan, fusion, and reading the passages."""
    embedder = RandomEmbedder()
    began = time.perf_counter()
    with Library.open(folder, embedder) as library:
        with library.writing():
            docstore = DocStore(folder)
            for first, texts in passages(size):
                chunks, at = [], 0
                for text in texts:
                    chunks.append(ChunkRecord(text, at, at + len(text)))
                    at += len(text) + 1
                record = SourceRecord(f"/{first}", "/", str(first), "text/plain", " ".join(texts))
                docstore.write_source("c", record, chunks, embedder.embed_documents(texts), embedder=embedder.name)
            docstore.close()
        built = {"build_s": round(time.perf_counter() - began, 1)}
    questions = [" ".join(f"word{rank}" for rank in row) for row in question_ranks()]
    with Library.open(folder, embedder) as library:
        for mode in ("keyword", "dense", "hybrid"):
            times = query_times(lambda number, mode=mode: library.search(questions[number], collection="c", mode=mode))  # type: ignore[misc]
            built |= {f"{mode}_{name}": value for name, value in times.items()}
    return built


MEASURES = {"scan": measure_scan, "chroma": measure_chroma, "hybrid": measure_hybrid}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measure", choices=MEASURES)
    parser.add_argument("--sizes", nargs="+", type=int, required=True)
    parser.add_argument("--folder", type=Path, help="where a single size is built, and kept")
    arguments = parser.parse_args()
    if arguments.folder is None:  # a process a size: peak memory is that of the process
        for size in arguments.sizes:
            with tempfile.TemporaryDirectory(prefix="ayllu-scale-") as folder:
                command = [sys.executable, __file__, arguments.measure, "--sizes", str(size), "--folder", folder]
                subprocess.run(command, check=True, env=os.environ)
        return
    (size,) = arguments.sizes
    figures = MEASURES[arguments.measure](size, arguments.folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1 << 20)
    shown = {"measure": arguments.measure, "size": size} | figures
    print(json.dumps(shown | {"disk_mb": disk_bytes(arguments.folder) >> 20, "peak_rss_mb": peak}), flush=True)


if __name__ == "__main__":
    main()
