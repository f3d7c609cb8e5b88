"""What a model's draft tells of whether the documents answer: `python benchmarks/drafts.py DATA PREDICTIONS …`.

`DATA` is the folder of the sets that the predictions (`ayllu eval answers SET --predictions FILE`, of a model that writes
prose, with or without `--team plain`) were made of; unanswerable questions of a SQuAD file are those whose paragraph was
taken out. No model is asked. Each draft is judged as the critic judges it, and by a logistic regression on the probability
before and on how near the draft comes to the evidence, fitted without the set that it is shown on; a threshold is where as
many of the others' answerable questions lie below as `--refused` says. Last come the weights fitted on all sets, which are
put into `calibration.json` by hand.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from ayllu.agents import subject
from ayllu.agents.judging import (
    CALIBRATION,
    answerable,
    attribute,
    confirmed_by_draft,
    decide_on_prose,
    measure_signals,
)
from ayllu.agents.judging.signals import EVERY_WORD
from ayllu.agents.writing import strip_marks
from ayllu.evaluation import EVAL_COLLECTION, auc, load_eval_file, temporary_library
from ayllu.retrieval import Library, Passage, held_share
from critic import fit
from judged import KeptVectors

PASSAGES = 3
WITHOUT = "un-"  # what the name begins with of a set whose questions all lack their paragraph
FEATURES = ("before", "nearness", "supported", "held", "new_held", "echo", "length")
FITTED = 2  # of them, the first


@dataclass(frozen=True)
class Judged:
    set: str
    answerable: bool
    before: float
    features: tuple[float, ...]
    refused: bool  # by the rule


def judge(predictions: Sequence[dict[str, Any]], file: Path, embedder: KeptVectors) -> Iterator[Judged]:
    """Drafts of one set; questions that can only be asked back are left out, and those that no model was asked."""
    eval_set = load_eval_file(file)
    questions = {question.id: question for question in eval_set.questions}
    with temporary_library(eval_set, embedder, lambda *_: None) as (library, _):
        embedder.save()
        for prediction in predictions:
            question = questions[prediction["id"]]
            if question.underspecified or not prediction["draft"]:
                continue
            query = prediction["query"] or question.question
            retrieved = library.retrieve(query, k=PASSAGES, collection=EVAL_COLLECTION)
            before = answerable(measure_signals(library, retrieved.query, retrieved, subject(question.question)))
            statements = attribute(library, retrieved.query, prediction["draft"], retrieved.passages)
            nearness = library.nearness(strip_marks(prediction["draft"]), retrieved, collection=EVAL_COLLECTION)
            answers = confirmed_by_draft(before, nearness) >= CALIBRATION.prose_threshold
            decision = decide_on_prose(
                prediction["draft"], statements, retrieved, quotes=before >= CALIBRATION.quote_threshold, answers=answers
            )
            supported = [each.statement.text for each in statements if each.supported]
            judged = [each for each in statements if each.supported is not None]
            features = (
                float(np.log(before / (1 - before))),
                nearness,
                len(supported) / len(judged) if judged else 0.0,
                *held_shares(library, retrieved.query, prediction["draft"], retrieved.passages),
                min(len(prediction["draft"].split()), 80) / 80,
            )
            refused = before < CALIBRATION.hopeless or decision == "abstain"
            yield Judged(file.stem.removeprefix(WITHOUT), not question.impossible, before, features, refused)


def held_shares(library: Library, query: str, draft: str, passages: Sequence[Passage]) -> tuple[float, float, float]:
    """Of the draft's weight what its best passage holds; what all hold of its words that the question lacks; and what is
    the question's."""
    words = library.weigh_words(draft, EVERY_WORD)
    terms = [set(library.stems("\n".join((each.title, each.heading, each.context, each.text)))) for each in passages]
    of_question = set(library.stems(query))
    new = [word for word in words if word.forms[0] not in of_question]
    best = max((held_share(words, each) for each in terms), default=0.0)
    return best, held_share(new, set().union(*terms)) if new else 0.0, 1 - len(new) / max(1, len(words))


def show(rows: Sequence[Judged], share: float) -> None:
    labels, values = np.array([row.answerable for row in rows]), np.array([row.features for row in rows])
    names, before = np.array([row.set for row in rows]), np.array([row.before for row in rows])
    for at, feature in enumerate(FEATURES):
        print(json.dumps({"signal": feature, "auc": round(auc(values[:, at].tolist(), labels.tolist()), 3)}))
    values = values[:, :FITTED]
    refused = {"rule": np.array([row.refused for row in rows]), "before": np.zeros(len(rows), bool)}
    refused["fitted"] = refused["before"].copy()
    for name in sorted(set(names)):
        held = names == name
        odds = _log_odds(fit(values[~held], labels[~held].astype(float)), values)
        for rule, judged in (("before", before), ("fitted", odds)):
            refused[rule][held] = judged[held] < np.quantile(judged[~held & labels], share)
    for rule, below in refused.items():
        line = {"by": rule, "refused": round(float(below[labels].mean()), 3)}
        print(json.dumps({**line, "unanswerable_refused": round(float(below[~labels].mean()), 3)}))
        for name in sorted(set(names)):
            sides = [below[(names == name) & (labels == side)] for side in (True, False)]
            print(json.dumps({"by": rule, "set": name, "refused": [[len(side), int(side.sum())] for side in sides]}))
    weights = fit(values, labels.astype(float))
    least = np.quantile(_log_odds(weights, values)[labels], share)
    print(json.dumps({"weights": weights.round(3).tolist(), "threshold": round(float(1 / (1 + np.exp(-least))), 3)}))


def _log_odds(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return weights[0] + values @ weights[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA", type=Path)
    parser.add_argument("predictions", metavar="PREDICTIONS", type=Path, nargs="+")
    parser.add_argument("--refused", type=float, default=0.05, help="share of the answerable")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    options = parser.parse_args()
    embedder, rows = KeptVectors(options.cache), list[Judged]()
    kept = [json.loads(line) for file in options.predictions for line in file.read_text("utf-8").splitlines()]
    kept.sort(key=lambda prediction: prediction["run"]["set"]["name"])
    for name, predictions in groupby(kept, key=lambda prediction: prediction["run"]["set"]["name"]):
        rows += judge(list(predictions), options.data / name, embedder)
    if len({row.answerable for row in rows}) < 2:
        parser.error("among the drafts there must be some of either sort of question, answerable and not")
    show(rows, options.refused)


if __name__ == "__main__":
    main()
