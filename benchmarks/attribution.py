"""What attribution costs, and what tells a supported statement from another (run `python benchmarks/attribution.py`).

The threshold `SUPPORT` of `agents/judging/attribution.py` is read off the table: sentences of answers by people, held
against their own passages and against others that were retrieved for the same question, on two sets. `--cosine` adds the
embedder's cosine of a statement and its nearest sentence, to see whether nearness in meaning adds to words in common.
`--home` measures the processor time of attribution and critic for an answer of five sentences over five passages there.
"""

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents.judging import attribute, measure_signals
from ayllu.agents.writing import mark_statements, split_statements
from ayllu.app import Application
from ayllu.models import ModelStore
from ayllu.retrieval import HashingEmbedder, Library, Passage, held_share, open_embedder, split_sentences

DATA = Path(__file__).parent.parent / "shared" / "data"
ANSWERS = 120  # of each set
EVERY_WORD = 2.0
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
ROUNDS = 20

QUESTIONS = ("How do I print with gnuplot?", "What is a package?", "How is a score written?", "What does a list hold?")


def answered(data: Path, name: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(question, a person's answer, its passages as (id, text)) of one set."""
    for line in (data / f"{name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("is_impossible") or row.get("answerability", "ANSWERABLE") != "ANSWERABLE":
            continue
        contexts = (
            [(each["id"], each["text"]) for each in row["contexts"]] if "contexts" in row else [(row["id"], row["context"])]
        )
        yield row["question"], row["answers"][0], contexts


def file_name(passage: str) -> str:
    return re.sub(r"\W+", "_", passage)[:80] + ".txt"


def measure_set(data: Path, name: str, cosine: bool) -> list[tuple[float, float, float, float]]:
    """For each statement: its share of words, then its cosine, in its own passages; and both in others."""
    rows = list(answered(data, name))
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder) / "documents"
        documents.mkdir()
        for _, _, contexts in rows:
            for passage, text in contexts:
                (documents / file_name(passage)).write_text(text, "utf-8")
        with Library.open(Path(folder) / "library", HashingEmbedder(64)) as library:
            library.ingest([str(documents)], collection="c")
            model = open_embedder("onnx", ModelStore(paths.find().models)) if cosine else None
            random.Random(1).shuffle(rows)
            figures = []
            for question, answer, contexts in rows[:ANSWERS]:
                own = {file_name(passage) for passage, _ in contexts}
                others = [
                    passage.text
                    for passage in library.search(question, k=12, mode="keyword", collection="c")
                    if Path(passage.source).name not in own
                ][:5]
                mine = [
                    passage.text
                    for passage in library.search(answer, k=30, mode="keyword", collection="c")
                    if Path(passage.source).name in own
                ]
                for statement in split_statements(answer):
                    if not statement.leads:
                        figures.append(
                            (
                                *support(library, model, statement.text, mine),
                                *support(library, model, statement.text, others),
                            )
                        )
            return figures


def support(library: Library, model: object, statement: str, texts: list[str]) -> tuple[float, float]:
    """The share of its weight that the best text holds, and the cosine of the nearest sentence."""
    words = library.weigh_words(statement, EVERY_WORD)
    share = max((held_share(words, set(library.stems(text))) for text in texts), default=0.0)
    if model is None or not texts:
        return share, 0.0
    sentences = [text[first:last] for text in texts for first, last in split_sentences(text)][:200]
    near = model.embed_documents(sentences) @ model.embed_documents([statement])[0]  # type: ignore[attr-defined]
    return share, float(near.max()) if len(sentences) else 0.0


def area(positive: np.ndarray, negative: np.ndarray) -> float:
    """AUC: how often a statement's own passages score above others; half of what is equal."""
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))


def report_support(data: Path, cosine: bool) -> None:
    figures = {name: np.array(measure_set(data, name, cosine)) for name in ("mtrag-a", "clapnq-a")}
    for name, rows in figures.items():
        own, own_cosine, other, other_cosine = rows.T
        row: dict[str, object] = {"set": name, "statements": len(rows), "auc_words": round(area(own, other), 3)}
        if cosine:
            row["auc_cosine"] = round(area(own_cosine, other_cosine), 3)
            for weight in (0.25, 0.5, 1.0):
                both = area(own + weight * own_cosine, other + weight * other_cosine)
                row[f"auc_words_and_{weight}_cosine"] = round(both, 3)
        row["kept_and_passed"] = {
            str(least): [round(float((own >= least).mean()), 3), round(float((other >= least).mean()), 3)]
            for least in THRESHOLDS
        }
        print(json.dumps(row), flush=True)


def five_sentences(passages: list[Passage]) -> str:
    """An answer that a model might give: a sentence of each passage, in turn."""
    sentences = [[passage.text[first:last] for first, last in split_sentences(passage.text)] for passage in passages]
    longest = [max(each, key=len, default="") for each in sentences]
    return " ".join(re.sub(r"\s+", " ", sentence) for sentence in longest[:5])


def report_time(home: Path, collection: str) -> None:
    with Application(paths.find(home)) as application:
        library, spent = application.library, []
        for question in QUESTIONS:
            retrieved = library.retrieve(question, k=5, collection=collection)
            draft = five_sentences(list(retrieved.passages))
            for _ in range(ROUNDS):
                began = time.process_time()
                measure_signals(library, question, retrieved)
                statements = attribute(library, question, draft, retrieved.passages)
                mark_statements(draft, statements, retrieved.passages)
                spent.append((time.process_time() - began) * 1000)
        figures = {
            "median_ms": round(statistics.median(spent), 1),
            "slowest_ms": round(max(spent), 1),
            "limit_ms": 150,
        }
        print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cosine", action="store_true", help="also the cosine of the embedder of the settings")
    parser.add_argument("--home", type=Path, help="a home with documents: only the time is measured there")
    parser.add_argument("--collection", default="documents", help="of that home")
    given = parser.parse_args()
    if given.home:
        report_time(given.home, given.collection)
    else:
        report_support(given.data, given.cosine)
