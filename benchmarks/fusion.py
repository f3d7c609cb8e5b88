"""Ways to fuse keyword and dense rankings, on several sets: `python benchmarks/fusion.py FILE… [--distractors LIBRARY]`.

Each FILE is an evaluation file or folder. Its documents are cut and embedded as `ayllu ingest` would; vectors are kept in
`--cache`, so that a second run embeds nothing. Both rankings are taken 50 deep, fused in each way, collapsed to documents
and scored as `ayllu eval retrieval` does. Printed: nDCG@10 of each way on each set, and leaving one out: what the parameter
that is best on the other sets gives on this one. `--distractors` adds the passages of another library (its folder) to
the first FILE and prints recall@1 too.
"""

import argparse
import hashlib
import json
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.evaluation.corpus import EVAL_COLLECTION, temporary_library
from ayllu.evaluation.sets import EvalSet, load_eval_file
from ayllu.models import ModelStore
from ayllu.retrieval import Library, Vectors
from ayllu.retrieval.embedders.onnx import OnnxEmbedder

DEPTH = 50
Ranking = Sequence[tuple[int, float]]
Fusion = Callable[[Ranking, Ranking], dict[int, float]]


class KeptVectors(OnnxEmbedder):
    """The default embedder, which embeds no text twice."""

    def __init__(self, folder: Path) -> None:
        super().__init__(ModelStore(paths.find().models))
        self._file = folder / "vectors.npz"
        self.known: dict[str, Vectors] = {}
        if self._file.exists():
            kept = np.load(self._file)
            self.known = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        keys = [key_of(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.known}
        if new:
            self.known |= dict(zip(new, super().embed_documents(list(new.values())), strict=True))
        return np.stack([self.known[key] for key in keys]) if keys else np.zeros((0, self.dimensions), np.float32)

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(self._file, keys=np.array(list(self.known)), rows=np.stack(list(self.known.values())))


def key_of(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def rrf(constant: float) -> Fusion:
    return weighted(lambda ranking: {chunk: 1 / (constant + rank) for rank, (chunk, _) in enumerate(ranking, start=1)}, 0.5)


def by_top(ranking: Ranking) -> dict[int, float]:
    top = ranking[0][1] if ranking else 0.0
    return {chunk: max(score, 0.0) / top for chunk, score in ranking} if top > 0 else {}


def by_range(ranking: Ranking) -> dict[int, float]:
    low, top = (ranking[-1][1], ranking[0][1]) if ranking else (0.0, 0.0)
    return (
        {chunk: (score - low) / (top - low) for chunk, score in ranking} if top > low else dict.fromkeys(dict(ranking), 1.0)
    )


def by_deviation(ranking: Ranking) -> dict[int, float]:
    scores = np.array([score for _, score in ranking])
    spread = float(scores.std()) or 1.0
    return {chunk: (score - float(scores.mean())) / spread + 3 for chunk, score in ranking} if len(ranking) else {}


def by_standing_out(ranking: Ranking) -> dict[int, float]:
    """As `fuse_scored` does: from the last, in standard deviations, where what is not ranked scores 0."""
    scores = np.array([score for _, score in ranking] + [0.0] * (DEPTH - len(ranking)))
    spread = float(scores.std()) or 1.0
    return {chunk: (score - float(scores.min())) / spread for chunk, score in ranking}


def weighted(normalise: Callable[[Ranking], dict[int, float]], dense_share: float) -> Fusion:
    def fuse(keyword: Ranking, dense: Ranking) -> dict[int, float]:
        fused = {chunk: (1 - dense_share) * score for chunk, score in normalise(keyword).items()}
        for chunk, score in normalise(dense).items():
            fused[chunk] = fused.get(chunk, 0.0) + dense_share * score
        return fused

    return fuse


def combmnz(keyword: Ranking, dense: Ranking) -> dict[int, float]:
    lists = (by_range(keyword), by_range(dense))
    return {
        chunk: sum(scores.get(chunk, 0.0) for scores in lists) * sum(chunk in scores for scores in lists)
        for chunk in {**lists[0], **lists[1]}
    }


def ranks_and(normalise: Callable[[Ranking], dict[int, float]], share: float, dense_share: float = 0.5) -> Fusion:
    """Reciprocal ranks, and `share` of a first place by the scores."""

    def fuse(keyword: Ranking, dense: Ranking) -> dict[int, float]:
        fused = rrf(60)(keyword, dense)
        top = max(fused.values(), default=0.0)
        for chunk, score in weighted(normalise, dense_share)(keyword, dense).items():
            fused[chunk] += share * top * score
        return fused

    return fuse


def ways() -> dict[str, Fusion]:
    listed: dict[str, Fusion] = {
        "keyword": lambda keyword, _: dict(keyword),
        "dense": lambda _, dense: dict(dense),
        "rrf 60": rrf(60),
        "rrf 10": rrf(10),
        "combmnz": combmnz,
        "ranks + .3 top": ranks_and(by_top, 0.3),
        "ranks + 1 range": ranks_and(by_range, 1.0),
        "ranks + 3 range": ranks_and(by_range, 3.0),
    }
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):
        listed[f"top {share}"] = weighted(by_top, share)
        listed[f"range {share}"] = weighted(by_range, share)
        listed[f"deviation {share}"] = weighted(by_deviation, share)
        listed[f"standing {share}"] = weighted(by_standing_out, share)
    return listed


def rankings(library: Library, eval_set: EvalSet) -> tuple[list[tuple[Ranking, Ranking]], dict[int, str]]:
    """For each question its keyword and dense ranking, by chunk; and the document of each chunk."""
    pairs: list[tuple[Ranking, Ranking]] = []
    documents: dict[int, str] = {}
    for question in eval_set.questions:
        pair = []
        for mode in ("keyword", "dense"):
            passages = library.search(question.question, k=DEPTH, mode=mode, collection=EVAL_COLLECTION, merge=False)
            documents |= {int(passage.chunk_id): passage.source for passage in passages}
            pair.append([(int(passage.chunk_id), passage.score) for passage in passages])
        pairs.append((pair[0], pair[1]))
    return pairs, documents


def measure(
    fusion: Fusion, pairs: Sequence[tuple[Ranking, Ranking]], documents: dict[int, str], eval_set: EvalSet
) -> tuple[float, float]:
    """nDCG@10 and recall@1."""
    gains, firsts = [], []
    for question, pair in zip(eval_set.questions, pairs, strict=True):
        if question.relevant:
            fused = fusion(*pair)
            ranked = list(
                dict.fromkeys(documents[chunk] for chunk in sorted(fused, key=lambda chunk: (-fused[chunk], chunk)))
            )
            grades = [question.relevant.get(document, 0) for document in ranked[:10]]
            best = sorted(question.relevant.values(), reverse=True)[:10]
            gains.append(_dcg(grades) / _dcg(best))
            firsts.append(bool(grades) and grades[0] > 0)
    return statistics.mean(gains), statistics.mean(firsts)


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / np.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def add_distractors(library: Library, folder: Path, embedder: KeptVectors) -> int:
    """Copy the passages of another library with their vectors, each as a document of its own."""
    from ayllu.retrieval.docstore import ChunkRecord, SourceRecord

    other = sqlite3.connect(f"file:{folder / 'library.sqlite'}?mode=ro", uri=True)
    rows = other.execute(
        "SELECT text, heading, vector FROM chunks WHERE length(vector) = ?", (4 * embedder.dimensions,)
    ).fetchall()
    with library.writing():
        for at in range(0, len(rows), 500):
            batch = rows[at : at + 500]
            chunks = [ChunkRecord(text, 0, len(text), heading=heading) for text, heading, _ in batch]
            vectors = np.stack([np.frombuffer(vector, np.float32) for _, _, vector in batch])
            record = SourceRecord(f"distractors {at}", "", "", "text/plain", "")
            library._docstore.write_source(EVAL_COLLECTION, record, chunks, vectors, embedder=embedder.name)
    return len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--distractors", type=Path)
    options = parser.parse_args()
    embedder, table = KeptVectors(options.cache), dict[str, dict[str, float]]()
    for file in options.files:
        eval_set = load_eval_file(file)
        with temporary_library(eval_set, embedder, lambda *_: None) as (library, _):
            embedder.save()
            added = (
                add_distractors(library, options.distractors, embedder)
                if options.distractors and file == options.files[0]
                else 0
            )
            pairs, documents = rankings(library, eval_set)
        embedder.save()
        scores = {name: measure(fusion, pairs, documents, eval_set) for name, fusion in ways().items()}
        table[file.stem] = {name: score for name, (score, _) in scores.items()}
        firsts = {name: round(first, 4) for name, (_, first) in scores.items()}
        print(json.dumps({"set": file.stem, "distractors": added, "recall@1": firsts}), flush=True)
    print(f"{'':18}", *(f"{name[:9]:>9}" for name in table), f"{'mean':>9} {'worst':>9}")
    for name in ways():
        row = [table[each][name] for each in table]
        worst = min(
            value - max(table[each]["keyword"], table[each]["dense"]) for each, value in zip(table, row, strict=True)
        )
        print(f"{name:18}", *(f"{value:9.4f}" for value in (*row, statistics.mean(row), worst)))
    for family in ("top", "range", "deviation", "standing"):
        chosen = {left: _best_elsewhere(table, family, left) for left in table}
        print("leaving one out:", family, {left: (name, round(table[left][name], 4)) for left, name in chosen.items()})


def _best_elsewhere(table: dict[str, dict[str, float]], family: str, left: str) -> str:
    names = [name for name in ways() if name.startswith(family + " ")]
    return max(names, key=lambda name: sum(table[other][name] for other in table if other != left))


if __name__ == "__main__":
    main()
