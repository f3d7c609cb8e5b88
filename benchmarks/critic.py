"""Fit and check the critic's "do the documents answer this at all": `python benchmarks/critic.py SQUAD_JSON`.

Every question is judged twice: with its own document among what is found, and with it taken out. The weights are fitted by
logistic regression on the questions of every second document; the figures are for the others.
"""

import json
import sys
import tempfile
from dataclasses import astuple
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents import critic
from ayllu.evaluation import auc, load_eval_file
from ayllu.evaluation.corpus import COLLECTION, indexed
from ayllu.models import ModelStore
from ayllu.retrieval import Found, Library, open_embedder
from ayllu.retrieval.evidence import judge

REFUSED = 0.06  # of the answerable, on the fitted half


def looked_at(library: Library, question: str, without: str | None) -> critic.Signals:
    passages = library.search(question, k=9, collection=COLLECTION)
    kept = [one for one in passages if one.source != without][:3]
    found = Found(question, kept, judge(library, question, kept), 0.0, 0.0, 0.0)
    return critic.signals(library, question, found)


def fitted(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, lightly ridged."""
    design = np.column_stack([np.ones(len(rows)), rows])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (labels - chance) - 0.1 * weights
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + 0.1 * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def main() -> None:
    whole = load_eval_file(Path(sys.argv[1]))
    asked = [one for one in whole.questions if one.relevant]
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    with tempfile.TemporaryDirectory(), indexed(whole, embedder, lambda *_: None) as (library, _):
        own = [next(iter(one.relevant)) for one in asked]
        yes = np.array([astuple(looked_at(library, one.question, None)) for one in asked])
        no = np.array([astuple(looked_at(library, one.question, name)) for one, name in zip(asked, own, strict=True)])
    # neighbouring paragraphs belong to one article: halve in runs of five
    half = np.array([int(name) // 5 % 2 == 0 for name in own])
    weights = fitted(np.vstack([yes[half], no[half]]), np.repeat([1.0, 0.0], half.sum()))

    def chance(rows: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(weights[0] + rows @ weights[1:])))

    threshold = float(np.quantile(chance(yes[half]), REFUSED))
    held = ~half
    scores = [*chance(yes[held]), *chance(no[held])]
    figures = {
        "weights": [round(float(one), 3) for one in weights],
        "threshold": round(threshold, 3),
        "auc": round(auc(scores, [True] * int(held.sum()) + [False] * int(held.sum())), 4),
        "refused_answerable": round(float((chance(yes[held]) < threshold).mean()), 4),
        "refused_unanswerable": round(float((chance(no[held]) < threshold).mean()), 4),
        "questions": int(held.sum()),
        "single_signals_auc": [
            round(auc([*yes[held][:, at], *no[held][:, at]], [True] * int(held.sum()) + [False] * int(held.sum())), 4)
            for at in range(yes.shape[1])
        ],
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
