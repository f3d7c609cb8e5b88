"""A reranker over what is found first: `python benchmarks/rerank.py FILE… [--reranker SPEC] [--questions N] [--home HOME]`.

Each FILE is an evaluation file or folder, and `--reranker` what `retrieval.reranker` takes; `model` is the embedded chat
model of HOME's settings. Of N questions drawn by `--seed`, printed for each FILE: for how many a right document stands first
of `--passages` by the search, by the reranker alone, by both ranks (as `fuse_ranks` does), and by both scores (as
`fuse_scored` does); and the reranker's seconds a question. Vectors are kept in `--cache`.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, rerank_by_model
from ayllu.evaluation.corpus import EVAL_COLLECTION, temporary_library
from ayllu.evaluation.sets import load_eval_file
from ayllu.retrieval import SearchMode, SearchRequest
from ayllu.retrieval.ranking.fusion import fuse_ranks, fuse_scored
from judged import KeptVectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--reranker", default="model")
    parser.add_argument("--passages", type=int, default=5)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    options = parser.parse_args()
    embedder = KeptVectors(options.cache)
    with Application(paths.find(options.home), embedder=embedder) as application:
        application.override_settings(
            {
                "backend": "llamacpp",
                "retrieval.reranker": options.reranker,
                "retrieval.rerank_passages": options.passages,
                "retrieval.rerank_seconds": 600.0,
            }
        )
        reranking = rerank_by_model(application) or application.reranking
        assert reranking is not None
        reranking.scores("Is it ready?", ["It is ready."])  # loads the model
        for file in options.files:
            print(json.dumps(measure(file, options, embedder, reranking)), flush=True)


def measure(file: Path, options: argparse.Namespace, embedder: KeptVectors, reranking) -> dict:
    eval_set = load_eval_file(file)
    questions = [question for question in eval_set.sample(None, options.seed) if question.relevant][: options.questions]
    firsts: dict[str, list[bool]] = {name: [] for name in ("search", "reranker alone", "both ranks", "both scores")}
    within, seconds = [], []
    with temporary_library(eval_set, embedder, lambda *_: None) as (library, _):
        embedder.save()
        for question in questions:
            request = SearchRequest(question.question, options.passages, SearchMode.HYBRID, [EVAL_COLLECTION], diversity=0.0)
            passages = [hit.passage for hit in library.explain(request)]
            began = time.perf_counter()
            scores = reranking.scores(question.question, [passage.text for passage in passages])
            seconds.append(time.perf_counter() - began)
            assert len(scores) == len(passages), "the reranker failed"
            by_search = [(at, passage.score) for at, passage in enumerate(passages)]
            ranked = sorted(enumerate(scores), key=lambda entry: -entry[1])
            orders = {
                "search": by_search,
                "reranker alone": ranked,
                "both ranks": fuse_ranks(by_search, ranked),
                "both scores": fuse_scored([by_search, ranked], len(by_search)),
            }
            within.append(any(passage.source in question.relevant for passage in passages))
            for name, order in orders.items():
                firsts[name].append(bool(order) and passages[order[0][0]].source in question.relevant)
    return {
        "set": file.stem,
        "questions": len(questions),
        "documents": len(eval_set.documents),
        "passages": options.passages,
        "right among them": round(statistics.mean(within), 4),
        "right first": {name: round(statistics.mean(right), 4) for name, right in firsts.items()},
        "seconds a question": round(statistics.mean(seconds), 3),
    }


if __name__ == "__main__":
    main()
