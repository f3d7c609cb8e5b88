"""Fit anew what the critic makes of retrieval's scores, on several sets: `python benchmarks/refit.py FILE [FILE …]`.

Run it whenever search or the choice of sentences changes, with sets that differ. Every second document of a set stands in
one half of a library, the others in the other half: a question is answerable in its own half and not in the other one, where
the rest of its article is. The logistic regression of `agents/judging/answerable.py` is fitted on as many questions of each
set. Printed: for each set the figures of weights and a threshold that have never seen it, beside those in use; then the
weights and the threshold fitted on all, as they are to be written there.
"""

import argparse
import dataclasses
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents.judging import CALIBRATION, Signals, measure_signals
from ayllu.evaluation import EvalSet, auc, load_eval_file
from ayllu.models import ModelStore
from ayllu.retrieval import Document, Embedder, Library, Parsed, open_embedder
from critic import fit

PASSAGES = 3
REFUSED = 0.07  # of the answerable, on the mean of the sets
SIGNALS = [signal.name for signal in dataclasses.fields(Signals)]


@dataclass(frozen=True)
class Rows:
    """Signals of one set's questions, (n, signals), where they can be answered and where they cannot."""

    name: str
    yes: np.ndarray
    no: np.ndarray


def measure(file: Path, most_documents: int, most_questions: int, embedder: Embedder, folder: Path) -> Rows:
    eval_set = load_eval_file(file)
    halves, questions = chosen(eval_set, most_documents, most_questions)
    with Library.open(folder / file.stem, embedder) as library:
        with library.writing():
            library.add(
                Document(halves[document.id], document.id, "refit", Parsed(document.text, "text/plain"))
                for document in eval_set.documents
                if document.id in halves
            )
        rows: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
        for text, half in questions:
            for collection in ("even", "odd"):
                retrieved = library.retrieve(text, k=PASSAGES, collection=collection)
                rows[collection == half].append(astuple(measure_signals(library, text, retrieved)))
    return Rows(file.stem, np.array(rows[True]), np.array(rows[False]))


def chosen(eval_set: EvalSet, most_documents: int, most_questions: int) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The half of each document by its id, and questions with the half that holds their answer."""
    ids = [document.id for document in eval_set.documents][:most_documents]
    halves = {document: ("even", "odd")[place % 2] for place, document in enumerate(ids)}
    questions = []
    for question in eval_set.questions:
        own = {halves[document] for document in question.relevant if document in halves}
        if len(own) == 1 and all(document in halves for document in question.relevant):
            questions.append((question.question, *own))
    random.Random(0).shuffle(questions)
    return halves, questions[:most_questions]


def chances(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(weights[0] + rows @ weights[1:])))


def fitted(sets: Sequence[Rows]) -> tuple[np.ndarray, float]:
    """Weights and threshold; each set has the same number of questions in it."""
    least = min(len(rows.yes) for rows in sets)
    yes, no = (np.vstack([getattr(rows, side)[:least] for rows in sets]) for side in ("yes", "no"))
    weights = fit(np.vstack([yes, no]), np.repeat([1.0, 0.0], len(yes)))
    return weights, float(np.quantile(chances(weights, yes), REFUSED))


def figures(rows: Rows, weights: np.ndarray, threshold: float) -> dict[str, float]:
    yes, no = chances(weights, rows.yes), chances(weights, rows.no)
    area = auc([*yes, *no], [True] * len(yes) + [False] * len(no))
    shares = {"refused": (yes < threshold).mean(), "unanswerable_refused": (no < threshold).mean()}
    return {"auc": round(area, 3), **{name: round(float(share), 3) for name, share in shares.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="as `ayllu eval` reads them")
    parser.add_argument("--documents", type=int, default=300, help="at most, of each set")
    parser.add_argument("--questions", type=int, default=300, help="at most, of each set")
    options = parser.parse_args()
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    in_use = np.array([CALIBRATION.bias, *(getattr(CALIBRATION, name) for name in SIGNALS)])
    with tempfile.TemporaryDirectory(prefix="ayllu-refit-") as folder:
        sets = [measure(file, options.documents, options.questions, embedder, Path(folder)) for file in options.files]
    for left_out in sets:
        line = {"set": left_out.name, "questions": len(left_out.yes)}
        now = figures(left_out, in_use, CALIBRATION.threshold)
        others = [rows for rows in sets if rows is not left_out]
        unseen = {"never_seen": figures(left_out, *fitted(others))} if others else {}
        print(json.dumps({**line, "in_use": now, **unseen}), flush=True)
    weights, threshold = fitted(sets)
    print(
        json.dumps(
            {**dict(zip(["bias", *SIGNALS], weights.round(3).tolist(), strict=True)), "threshold": round(threshold, 3)}
        )
    )


if __name__ == "__main__":
    main()
