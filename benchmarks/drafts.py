"""What a model's draft tells of whether the documents answer: `python benchmarks/drafts.py DATA PREDICTIONS …`.

`DATA` is the folder of the sets that the predictions (`ayllu eval answers SET --predictions FILE`, of a model that writes
prose, with or without `--team plain`) were made of. No model is asked. Each draft is judged as the critic judges it, and by
a logistic regression on the probability before and on what of the draft its passages hold, fitted without the set that it
is shown on; its threshold is where it refuses as many of the answerable as the rule does, or so many as `--refused` says.
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
from ayllu.agents.judging import CALIBRATION, answerable, attribute, decide_on_prose, is_refusal, measure_signals
from ayllu.agents.judging.signals import EVERY_WORD
from ayllu.evaluation import EVAL_COLLECTION, auc, load_eval_file, temporary_library
from ayllu.retrieval import Library, Passage, held_share
from critic import fit
from judged import KeptVectors

PASSAGES = 3
FEATURES = ("before", "supported", "held", "new_held", "echo", "refusal", "length")


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
            answers = before >= CALIBRATION.prose_threshold
            decision = decide_on_prose(prediction["draft"], statements, retrieved, quotes=answers, answers=answers)
            supported = [each.statement.text for each in statements if each.supported]
            judged = [each for each in statements if each.supported is not None]
            features = (
                float(np.log(before / (1 - before))),
                len(supported) / len(judged) if judged else 0.0,
                *held_shares(library, retrieved.query, prediction["draft"], retrieved.passages),
                float(is_refusal(prediction["draft"], supported)),
                min(len(prediction["draft"].split()), 80) / 80,
            )
            refused = before < CALIBRATION.hopeless or decision == "abstain"
            yield Judged(file.stem, not question.impossible, before, features, refused)


def held_shares(library: Library, query: str, draft: str, passages: Sequence[Passage]) -> tuple[float, float, float]:
    """Of the draft's weight what its best passage holds; what all hold of its words that the question lacks; and what is
    the question's."""
    words = library.weigh_words(draft, EVERY_WORD)
    terms = [set(library.stems("\n".join((each.title, each.heading, each.context, each.text)))) for each in passages]
    of_question = set(library.stems(query))
    new = [word for word in words if word.forms[0] not in of_question]
    best = max((held_share(words, each) for each in terms), default=0.0)
    return best, held_share(new, set().union(*terms)) if new else 0.0, 1 - len(new) / max(1, len(words))


def show(rows: Sequence[Judged], refused: float | None) -> None:
    labels, values = np.array([row.answerable for row in rows]), np.array([row.features for row in rows])
    names, by_rule = np.array([row.set for row in rows]), np.array([row.refused for row in rows])
    for at, feature in enumerate(FEATURES):
        print(json.dumps({"signal": feature, "auc": round(auc(values[:, at].tolist(), labels.tolist()), 3)}))
    after = np.zeros(len(rows))
    for name in sorted(set(names)):
        held = names == name
        if 0 < labels[~held].sum() < (~held).sum():
            weights = fit(values[~held], labels[~held].astype(float))
            after[held] = 1 / (1 + np.exp(-(weights[0] + values[held] @ weights[1:])))
        else:  # the others have no unanswerable question: nothing can be fitted without it
            after[held] = np.array([row.before for row in rows])[held]
            print(json.dumps({"not_fitted_without": name}))
    share = float(by_rule[labels].mean()) if refused is None else refused
    rules = {"rule": by_rule, "before": np.array([row.before for row in rows]), "fitted": after}
    for rule, judged in rules.items():
        below = judged if rule == "rule" else judged < np.quantile(judged[labels], share)
        line = {"by": rule, "refused": round(float(below[labels].mean()), 3)}
        print(json.dumps({**line, "unanswerable_refused": round(float(below[~labels].mean()), 3)}))
        for name in sorted(set(names)):
            sides = [below[(names == name) & (labels == side)] for side in (True, False)]
            print(json.dumps({"by": rule, "set": name, "refused": [[len(side), int(side.sum())] for side in sides]}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA", type=Path)
    parser.add_argument("predictions", metavar="PREDICTIONS", type=Path, nargs="+")
    parser.add_argument("--refused", type=float, help="share of the answerable")
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
