"""How fast documents are read, beside what there is to compare with, and how much memory it takes. Ratios only.

    python -P benchmarks/ingest.py embed FOLDER      ours beside SentenceTransformer.encode, on the same chunks
    python -P benchmarks/ingest.py whole FOLDER      a whole ingest beside the embedder alone on the same chunks
    python -P benchmarks/ingest.py memory 10000 100000   peak of processes that read so many chunks (hashed, not embedded)

Runs alternate, so that what else the machine does weighs on both alike; the load is printed with each figure. Processor time
is counted for the process with its children: on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from ayllu import paths
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, HashingEmbedder, IngestOptions, Library, Parsed, open_embedder
from ayllu.retrieval.docstore import indexed_text
from ayllu.retrieval.documents import cut_chunks, parse

_HUB_ID = "sentence-transformers/all-MiniLM-L6-v2"
_WORDS = "river stone ledger copper alpaca valley harvest bridge letter market winter salt fabric permit council".split()


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def processor_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processors."""
    wall, processor = time.perf_counter(), processor_s()
    work()
    return time.perf_counter() - wall, processor_s() - processor


def alternate(pairs: dict[str, Callable[[], object]], rounds: int) -> None:
    """Time each in turn, several times, and print the medians and their ratios to the last."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
    for _ in range(rounds):
        for name, work in pairs.items():
            seconds[name].append(timed(work))
    *_, base = pairs
    for name, runs in seconds.items():
        wall, processor = median(run[0] for run in runs), median(run[1] for run in runs)
        pairs_of_runs = list(zip(seconds[base], runs, strict=True))
        clock = median(other[0] / run[0] for other, run in pairs_of_runs)
        work = median(other[1] / run[1] for other, run in pairs_of_runs)
        print(
            f"{name:24} {wall:8.2f} s {processor:8.2f} s of processors   {clock:5.2f} x {base} ({work:.2f} x by processors)"
        )
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} of {cpu_model()}")


def read_folder(folder: Path) -> list[tuple[Path, Parsed]]:
    documents = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            try:
                documents.append((file, parse(str(file), file.read_bytes())))
            except Exception as error:  # an edge: what cannot be read is no part of the comparison
                print(f"left out: {file}: {error}", file=sys.stderr)
    return documents


def chunk_texts(documents: Sequence[tuple[Path, Parsed]], embedder: Embedder) -> list[str]:
    return [
        chunk.text
        for _, parsed in documents
        for chunk in cut_chunks(parsed, max_tokens=200, token_offsets=embedder.token_offsets, window=embedder.max_tokens)
    ]


def compare_embedders(folder: Path, most: int, model_id: str, rounds: int) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    texts = chunk_texts(read_folder(folder), embedder)[:most]
    model = SentenceTransformer(model_id)
    embedder.embed_documents(texts[:8])
    model.encode(texts[:8])
    print(f"{len(texts)} chunks of {folder}")
    alternate({"ayllu": lambda: embedder.embed_documents(texts), "encode": lambda: model.encode(texts)}, rounds)


def compare_whole(folder: Path, rounds: int) -> None:
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    embedder.embed_documents(["warm"])
    texts: list[str] = []

    def ingest() -> None:
        with tempfile.TemporaryDirectory() as place, Library.open(Path(place), embedder) as library:
            report = library.ingest([str(folder)], collection="c", options=IngestOptions())
            rows = library._docstore._database.rows(
                "SELECT title, heading, context, chunks.text FROM chunks"
                " JOIN sources ON sources.id = chunks.source ORDER BY chunks.id"
            )
            texts[:] = [indexed_text(*row) for row in rows]
            assert report.chunks == len(texts)

    ingest()
    print(f"{len(texts)} chunks of {folder}")
    alternate({"whole ingest": ingest, "embedder alone": lambda: embedder.embed_documents(texts)}, rounds)


def write_corpus(folder: Path, chunks: int) -> None:
    """Documents of ten chunks, and each hundredth of a thousand."""
    written = number = 0
    while written < chunks:
        wanted = min(1_000 if number % 100 == 99 else 10, chunks - written)
        paragraphs = (
            " ".join(_WORDS[(number * 7 + part * 13 + at * at) % len(_WORDS)] + str((part + at) % 97) for at in range(150))
            for part in range(wanted)
        )
        (folder / f"{number:06}.txt").write_text("\n\n".join(paragraphs))
        written, number = written + wanted, number + 1


def measure_memory(sizes: Sequence[int]) -> None:
    for size in sizes:
        child = subprocess.run(
            [sys.executable, "-P", __file__, "peak", str(size)], capture_output=True, text=True, check=True
        )
        print(child.stdout.strip(), flush=True)


def peak(chunks: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        docs = Path(place) / "docs"
        docs.mkdir()
        write_corpus(docs, chunks)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with Library.open(Path(place) / "library", HashingEmbedder(384)) as library:
            report = library.ingest([str(docs)], collection="c")
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{report.chunks} chunks: peak {after / 1024:.0f} MB (before: {before / 1024:.0f}) in {report.seconds:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["embed", "whole", "memory", "peak"])
    parser.add_argument("values", nargs="+")
    parser.add_argument("--most", type=int, default=400, help="chunks for `embed`")
    parser.add_argument("--model", default=_HUB_ID, help="for `embed`: a folder, where no hub can be reached")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.what == "embed":
        compare_embedders(Path(options.values[0]), options.most, options.model, options.rounds)
    elif options.what == "whole":
        compare_whole(Path(options.values[0]), options.rounds)
    elif options.what == "memory":
        measure_memory([int(size) for size in options.values])
    else:
        peak(int(options.values[0]))


if __name__ == "__main__":
    main()
