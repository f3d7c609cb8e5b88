"""Fit and check how candidate spans are ranked: `python benchmarks/spans.py SQUAD_JSON [QUESTIONS]`.

The default model proposes candidates for a seeded sample of the questions. Weights are fitted on those from every second
run of five documents, by gradient ascent on the expected F1 of a softmax over each question's candidates; the figures are
for the others, beside those of the weights in use.
"""

import argparse
import asyncio
import json
import random
import sys
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents import span_contexts
from ayllu.agents.prompts import load_prompt
from ayllu.agents.writing import defuse_marks
from ayllu.agents.writing.span import FEATURES, FeatureWeights, propose_candidates, rank
from ayllu.backends import open_backend
from ayllu.config import Settings
from ayllu.evaluation import EVAL_COLLECTION, load_eval_file, temporary_library
from ayllu.evaluation.metrics import exact_match, f1
from ayllu.models import ModelStore
from ayllu.retrieval import Library, open_embedder

RIDGE = 0.01
STEPS, RATE = 400, 0.1
Row = tuple[np.ndarray, np.ndarray, np.ndarray]  # features (n, d), F1 (n,), exact match (n,) of one question's candidates


async def rows_of(library: Library, questions: list, models: ModelStore) -> list[Row]:
    backend = open_backend("llamacpp", Settings(), models)
    prefix = load_prompt("span", None)
    rows = []
    for done, question in enumerate(questions, start=1):
        retrieved = library.retrieve(question.question, k=3, collection=EVAL_COLLECTION)
        proposed = [
            await propose_candidates(backend.raw, prefix, defuse_marks(text), question.question)
            for text in span_contexts(retrieved, tuned=False)
        ]
        sentences = [(sentence.text, sentence.score) for sentence in retrieved.sentences]
        ranked = rank(proposed, question.question, sentences, library)
        scored = [[measure(each.text, question.answers) for each in ranked] for measure in (f1, exact_match)]
        rows.append((np.array([each.features for each in ranked]), *map(np.array, scored)))
        print(f"\r{done}/{len(questions)}", end="", file=sys.stderr)
    await backend.close()
    return [row for row in rows if len(row[0])]


def fit(rows: list[Row], weights: np.ndarray) -> np.ndarray:
    """Adam on the mean expected F1, lightly ridged, in units of each feature's spread."""
    spread = np.vstack([row[0] for row in rows]).std(0) + 1e-6
    weights = weights * spread
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = -RIDGE * weights
        for features, gains, _ in rows:
            scores = features / spread @ weights
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            slope += (chance * (gains - chance @ gains)) @ (features / spread) / len(rows)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights = weights + RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights / spread


def figures(rows: list[Row], weights: np.ndarray) -> dict[str, float]:
    best = [int(np.argmax(features @ weights)) for features, _, _ in rows]
    return {
        "f1": round(float(np.mean([row[1][choice] for row, choice in zip(rows, best, strict=True)])), 4),
        "exact_match": round(float(np.mean([row[2][choice] for row, choice in zip(rows, best, strict=True)])), 4),
        "f1_best_possible": round(float(np.mean([row[1].max() for row in rows])), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", metavar="SQUAD_JSON", type=Path)
    parser.add_argument("limit", metavar="QUESTIONS", type=int, nargs="?", default=400)
    options = parser.parse_args()
    eval_set = load_eval_file(options.file)
    questions = [question for question in eval_set.questions if question.relevant]
    random.Random(0).shuffle(questions)
    questions = questions[: options.limit]
    models = ModelStore(paths.find().models)
    with temporary_library(eval_set, open_embedder("onnx", models), lambda *_: None) as (library, _):
        first = [question for question in questions if int(next(iter(question.relevant))) // 5 % 2 == 0]
        second = [question for question in questions if question not in first]
        training, held_out = (asyncio.run(rows_of(library, half, models)) for half in (first, second))
    in_use = np.array([getattr(FeatureWeights(), name) for name in FEATURES])
    weights = fit(training, in_use)
    print(json.dumps({"weights": dict(zip(FEATURES, weights.round(2).tolist(), strict=True))}))
    print(
        json.dumps({"held_out": figures(held_out, weights), "in_use": figures(held_out, in_use), "questions": len(held_out)})
    )


if __name__ == "__main__":
    main()
