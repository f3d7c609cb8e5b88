"""Fit and check the critic's "do the documents answer this at all": `python benchmarks/critic.py SQUAD_JSON`.

A sixth of the documents is taken out at a time (their neighbours in the article stay): the questions about them are then
unanswerable, and are judged again, as answerable, with other documents gone. A logistic regression is fitted on five sixths
of the articles and judges the last; the figures are over all six turns. The weights printed are fitted on everything.
Last, with the weights in use, libraries of one, four and all articles (runs of five documents), each document taken out
once.
"""

import dataclasses
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents.judging import answerable as critic
from ayllu.evaluation import EVAL_COLLECTION, EvalQuestion, EvalSet, auc, load_eval_file, temporary_library
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, Library, open_embedder

PARTS = 6
RIDGE = 1.0
PASSAGES = 3
RUN = 5  # neighbouring paragraphs that belong to one article
ARTICLES = (1, 4, None)


def looked_at(library: Library, question: str) -> tuple[float, ...]:
    return astuple(critic.signals(library, question, library.retrieve(question, k=PASSAGES, collection=EVAL_COLLECTION)))


def fitted(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, ridged in units of each signal's spread; bias first."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / spread])
    weights = np.zeros(design.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (labels - chance) - RIDGE * weights
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    plain = weights[1:] / spread
    return np.array([weights[0] - plain @ mean, *plain])


def main() -> None:
    whole = load_eval_file(Path(sys.argv[1]))
    asked = [one for one in whole.questions if one.relevant]
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    places = {document.id: at for at, document in enumerate(whole.documents)}
    own = [places[next(iter(one.relevant))] for one in asked]
    part = list(range(len(places)))
    random.Random(0).shuffle(part)
    yes, no = np.zeros((2, len(asked), len(dataclasses.fields(critic.Signals))))
    for gone in range(PARTS):
        left = [document for at, document in enumerate(whole.documents) if part[at] % PARTS != gone]
        with temporary_library(dataclasses.replace(whole, documents=left), embedder, lambda *_: None) as (library, _):
            for at, one in enumerate(asked):
                if part[own[at]] % PARTS == gone:
                    no[at] = looked_at(library, one.question)
                elif (part[own[at]] + 1) % PARTS == gone:
                    yes[at] = looked_at(library, one.question)
    turn = np.array([place // RUN % PARTS for place in own])
    told = np.zeros((2, len(asked)))
    for held in range(PARTS):
        rest = turn != held
        weights = fitted(np.vstack([yes[rest], no[rest]]), np.repeat([1.0, 0.0], rest.sum()))
        for at, rows in enumerate((yes, no)):
            told[at][~rest] = 1 / (1 + np.exp(-(weights[0] + rows[~rest] @ weights[1:])))
    print(json.dumps({"auc": round(auc([*told[0], *told[1]], [True] * len(asked) + [False] * len(asked)), 4)}))
    for refused in (0.03, 0.05, 0.06, 0.07, 0.08, 0.1):
        threshold = float(np.quantile(told[0], refused))
        caught = float((told[1] < threshold).mean())
        print(json.dumps({"refused": refused, "threshold": round(threshold, 3), "unanswerable_refused": round(caught, 3)}))
    final = fitted(np.vstack([yes, no]), np.repeat([1.0, 0.0], len(asked)))
    names = ["bias", *(one.name for one in dataclasses.fields(critic.Signals))]
    print(json.dumps(dict(zip(names, final.round(3).tolist(), strict=True))))
    for articles in ARTICLES:
        show_size(whole, asked, own, embedder, articles)


def show_size(
    whole: EvalSet, asked: Sequence[EvalQuestion], own: Sequence[int], embedder: Embedder, articles: int | None
) -> None:
    """What is refused where each library holds so many articles, of the answerable and where the answer was taken out."""
    size = len(whole.documents) if articles is None else articles * RUN
    chances: dict[bool, list[float]] = {True: [], False: []}
    for first in range(0, len(whole.documents), size):
        held = range(first, min(first + size, len(whole.documents)))
        for gone in (None, *range(RUN)):
            left = [whole.documents[at] for at in held if at % RUN != gone]
            with temporary_library(dataclasses.replace(whole, documents=left), embedder, lambda *_: None) as (library, _):
                for at, one in enumerate(asked):
                    if own[at] in held and gone in (None, own[at] % RUN):
                        seen = critic.Signals(*looked_at(library, one.question))
                        chances[gone is None].append(critic.answerable(seen))
    shares = {there: round(float(np.mean(np.array(said) < critic.FITTED.threshold)), 3) for there, said in chances.items()}
    print(json.dumps({"documents": size, "refused": shares[True], "unanswerable_refused": shares[False]}))


if __name__ == "__main__":
    main()
