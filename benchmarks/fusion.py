"""Ways to fuse keyword and dense rankings, on several sets: `python benchmarks/fusion.py SET… [--distractors LIBRARY]`.

SETs: see `judged.py`; documents are cut and embedded as `ayllu eval` does. Both rankings are taken 50 deep, fused in each
way, collapsed to documents and scored as `ayllu eval retrieval` does, but not spread. Printed: nDCG@10 of each way on each
set, with its mean over that of plain reciprocal ranks and how far it falls behind the better side at worst; and leaving one
out: what the parameter that is best on the other sets gives on this one. "better side" takes for each question the side that
is better there: no fusion knows which. `--distractors` adds passages of another library (its folder) to the first SET, each
of them wrong, as one more set.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from ayllu.evaluation.corpus import EVAL_COLLECTION
from ayllu.evaluation.metrics import ndcg
from ayllu.retrieval import Library
from ayllu.retrieval.docstore import ChunkRecord, SourceRecord
from judged import JudgedSet, KeptVectors, Question, best_elsewhere, load_sets

DEPTH = 50
FAMILIES = ("top", "range", "deviation", "standing")
Ranking = Sequence[tuple[int, float]]
Fusion = Callable[[Ranking, Ranking], dict[int, float]]


@dataclass(frozen=True)
class Rankings:
    """Of one set: for each question its keyword and its dense ranking, by chunk, and what each chunk counts as there."""

    name: str
    questions: Sequence[Question]
    pairs: Sequence[tuple[Ranking, Ranking]]
    documents: Sequence[dict[int, str]]

    def gains(self, fusion: Fusion) -> list[float]:
        """nDCG@10 of each question."""
        return [ndcg(ranked, question.relevant) for question, ranked in self._ranked(fusion)]

    def first(self, fusion: Fusion) -> float:
        """How often what comes first is relevant."""
        return statistics.mean(bool(set(ranked[:1]) & set(question.relevant)) for question, ranked in self._ranked(fusion))

    def _ranked(self, fusion: Fusion) -> list[tuple[Question, list[str]]]:
        ranked = []
        for question, pair, documents in zip(self.questions, self.pairs, self.documents, strict=True):
            fused = fusion(*pair)
            order = sorted(fused, key=lambda chunk: (-fused[chunk], chunk))
            ranked.append((question, list(dict.fromkeys(documents[chunk] for chunk in order))))
        return ranked


def rank(judged: JudgedSet, library: Library) -> Rankings:
    pairs, documents = [], []
    for question in judged.questions:
        pair, names = [], {}
        for mode in ("keyword", "dense"):
            passages = library.search(
                question.text, k=DEPTH, mode=mode, collection=judged.collection, merge=False, diversity=0.0
            )
            names |= {int(passage.chunk_id): question.document(passage) for passage in passages}
            pair.append([(int(passage.chunk_id), passage.score) for passage in passages])
        pairs.append((pair[0], pair[1]))
        documents.append(names)
    return Rankings(judged.name, judged.questions, pairs, documents)


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
    scores = np.array([score for _, score in ranking] or [0.0])
    spread = float(scores.std()) or 1.0
    return {chunk: (score - float(scores.mean())) / spread + 3 for chunk, score in ranking}


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


def rank_sets(
    files: Sequence[Path], embedder: KeptVectors, questions: int, distractors: Path | None = None, most: int = 0
) -> list[Rankings]:
    """`distractors`: see `--distractors`; at most `most` of them."""
    ranked = []
    for number, judged in enumerate(load_sets(files, questions)):
        with judged.library(embedder) as library:
            ranked.append(rank(judged, library))
            if number == 0 and distractors:
                added = add_distractors(library, distractors, embedder, most)
                ranked.append(replace(rank(judged, library), name=f"+{added}"))
        embedder.save()
    return ranked


def add_distractors(library: Library, folder: Path, embedder: KeptVectors, most: int) -> int:
    """Copy passages of another library, spread over it, with their vectors."""
    other = sqlite3.connect(f"file:{folder / 'library.sqlite'}?mode=ro", uri=True)
    rows = other.execute(
        "SELECT text, heading, vector FROM chunks WHERE length(vector) = ? ORDER BY id", (4 * embedder.dimensions,)
    ).fetchall()
    rows = [rows[len(rows) * at // most] for at in range(most)] if most < len(rows) else rows
    with library.writing():
        for at in range(0, len(rows), 500):
            batch = rows[at : at + 500]
            chunks = [ChunkRecord(text, 0, len(text), heading=heading) for text, heading, _ in batch]
            vectors = np.stack([np.frombuffer(vector, np.float32) for _, _, vector in batch])
            record = SourceRecord(f"distractors {at}", "", "", "text/plain", "")
            library._docstore.write_source(EVAL_COLLECTION, record, chunks, vectors, embedder=embedder.name)
    return len(rows)


def scores_by_way(ranked: Sequence[Rankings]) -> dict[str, dict[str, float]]:
    """nDCG@10 by way and set."""
    scores = {name: {each.name: statistics.mean(each.gains(fusion)) for each in ranked} for name, fusion in ways().items()}
    scores["better side"] = {
        each.name: statistics.mean(
            max(pair) for pair in zip(each.gains(ways()["keyword"]), each.gains(ways()["dense"]), strict=True)
        )
        for each in ranked
    }
    return scores


def show(scores: dict[str, dict[str, float]]) -> None:
    names = list(scores["keyword"])
    plain = statistics.mean(scores["rrf 60"].values())
    print(f"{'nDCG@10':18}", *(f"{name[:9]:>9}" for name in names), f"{'mean':>9} {'/ rrf':>9} {'worst':>9}")
    for name, row in scores.items():
        mean = statistics.mean(row.values())
        worst = min(value - max(scores["keyword"][each], scores["dense"][each]) for each, value in row.items())
        print(f"{name:18}", *(f"{value:9.4f}" for value in (*row.values(), mean, mean / plain, worst)))
    for family in FAMILIES:
        chosen = {name: best_elsewhere(scores, name, f"{family} ") for name in names}
        unseen = {name: (best, round(scores[best][name], 4)) for name, best in chosen.items()}
        print("leaving one out:", family, json.dumps(unseen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", metavar="SET", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--questions", type=int, default=2000, help="at most, of each set")
    parser.add_argument("--distractors", type=Path)
    parser.add_argument("--most-distractors", type=int, default=20_000)
    options = parser.parse_args()
    ranked = rank_sets(
        options.sets, KeptVectors(options.cache), options.questions, options.distractors, options.most_distractors
    )
    show(scores_by_way(ranked))
    for each in ranked:
        firsts = {name: round(each.first(fusion), 4) for name, fusion in ways().items()}
        print(json.dumps({"set": each.name, "questions": len(each.questions), "recall@1": firsts}))


if __name__ == "__main__":
    main()
