"""Check the critic's "do the documents answer this at all": `python benchmarks/critic.py SQUAD_JSON`.

A sixth of the documents is taken out at a time (their neighbours in the article stay): the questions about them are then
unanswerable, and are judged again, as answerable, with other documents gone. A logistic regression is fitted on five sixths
of the articles and judges the last; the figures are over all six turns. Those in use come from `benchmarks/refit.py`.
Last, with the weights in use, libraries of one, four and all articles (runs of five documents), each document taken out
once.
"""

import argparse
import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents.judging import CALIBRATION, Signals, answerable, measure_signals
from ayllu.evaluation import EVAL_COLLECTION, EvalQuestion, EvalSet, auc, load_eval_file, temporary_library
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, Library, open_embedder

PARTS = 6
RIDGE = 1.0
PASSAGES = 3
RUN = 5  # neighbouring paragraphs that belong to one article
ARTICLES = (1, 4, None)


def measure_values(library: Library, question: str) -> tuple[float, ...]:
    return astuple(measure_signals(library, question, library.retrieve(question, k=PASSAGES, collection=EVAL_COLLECTION)))


def fit(rows: np.ndarray, labels: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Logistic regression by Newton's method, ridged in units of each signal's spread; bias first.

    `counts`: as how many each row counts; without it, each as one.
    """
    counts = np.ones(len(rows)) if counts is None else counts
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / spread])
    weights = np.zeros(design.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (counts * (labels - chance)) - RIDGE * weights
        bend = (design * (counts * chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    plain = weights[1:] / spread
    return np.array([weights[0] - plain @ mean, *plain])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", metavar="SQUAD_JSON", type=Path)
    eval_set = load_eval_file(parser.parse_args().file)
    questions = [question for question in eval_set.questions if question.relevant]
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    places = {document.id: place for place, document in enumerate(eval_set.documents)}
    own = [places[next(iter(question.relevant))] for question in questions]
    part = list(range(len(places)))
    random.Random(0).shuffle(part)
    yes, no = np.zeros((2, len(questions), len(dataclasses.fields(Signals))))
    for removed in range(PARTS):
        left = [document for place, document in enumerate(eval_set.documents) if part[place] % PARTS != removed]
        with temporary_library(dataclasses.replace(eval_set, documents=left), embedder, lambda *_: None) as (library, _):
            for row, question in enumerate(questions):
                if part[own[row]] % PARTS == removed:
                    no[row] = measure_values(library, question.question)
                elif (part[own[row]] + 1) % PARTS == removed:
                    yes[row] = measure_values(library, question.question)
    fold = np.array([place // RUN % PARTS for place in own])
    chances = np.zeros((2, len(questions)))
    for held in range(PARTS):
        rest = fold != held
        weights = fit(np.vstack([yes[rest], no[rest]]), np.repeat([1.0, 0.0], rest.sum()))
        for label, rows in enumerate((yes, no)):
            chances[label][~rest] = 1 / (1 + np.exp(-(weights[0] + rows[~rest] @ weights[1:])))
    print(json.dumps({"auc": round(auc([*chances[0], *chances[1]], [True] * len(questions) + [False] * len(questions)), 4)}))
    for refused in (0.03, 0.05, 0.06, 0.07, 0.08, 0.1):
        threshold = float(np.quantile(chances[0], refused))
        caught = float((chances[1] < threshold).mean())
        print(json.dumps({"refused": refused, "threshold": round(threshold, 3), "unanswerable_refused": round(caught, 3)}))
    for articles in ARTICLES:
        show_size(eval_set, questions, own, embedder, articles)


def show_size(
    eval_set: EvalSet, questions: Sequence[EvalQuestion], own: Sequence[int], embedder: Embedder, articles: int | None
) -> None:
    """What is refused where each library holds so many articles, of the answerable and where the answer was taken out."""
    size = len(eval_set.documents) if articles is None else articles * RUN
    chances: dict[bool, list[float]] = {True: [], False: []}
    for first in range(0, len(eval_set.documents), size):
        held = range(first, min(first + size, len(eval_set.documents)))
        for removed in (None, *range(RUN)):
            left = [eval_set.documents[place] for place in held if place % RUN != removed]
            with temporary_library(dataclasses.replace(eval_set, documents=left), embedder, lambda *_: None) as (library, _):
                for place, question in zip(own, questions, strict=True):
                    if place in held and removed in (None, place % RUN):
                        signals = Signals(*measure_values(library, question.question))
                        chances[removed is None].append(answerable(signals))
    shares = {
        present: round(float(np.mean(np.array(values) < CALIBRATION.threshold)), 3) for present, values in chances.items()
    }
    print(json.dumps({"documents": size, "refused": shares[True], "unanswerable_refused": shares[False]}))


if __name__ == "__main__":
    main()
