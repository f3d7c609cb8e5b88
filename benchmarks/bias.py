"""What judged refusals do to the critic's bound: `python benchmarks/bias.py [FILE…] [--most N] [--cache DIR]`.

Over our own sets (the sample, and how-to questions on `docs/`) and evaluation files. A person judges so many refusals, drawn
by chance, one of ten by a slip, and rates as many answers; the bias that follows is held against all other questions: the
share that is refused of those that the documents answer, and of those that they do not. And the same of a coin. Means of
`DRAWS` persons; no model is asked, so that the probability is that of what was found.
"""

import argparse
import json
import math
import random
from pathlib import Path

from ayllu.agents.judging import CALIBRATION, answerable, measure_signals
from ayllu.agents.refits import JudgedRefusal, fit_bias
from judged import JudgedSet, KeptVectors, load_sets
from own_sets import own_sets

DRAWS = 100
LABELS = (5, 10, 20)
SLIPS = 0.1
BOUND = math.log(CALIBRATION.threshold / (1 - CALIBRATION.threshold))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--most", type=int, default=150, help="questions of each file")
    parser.add_argument("--cache", type=Path, default=Path("vectors"))
    options = parser.parse_args()
    embedder = KeptVectors(options.cache)
    for judged in [*own_sets(), *load_sets(options.files, options.most)]:
        seen = chances(judged, embedder)
        for labels in LABELS:
            for coin in (False, True):
                figures = [draw(seen, labels, coin, random.Random(seed)) for seed in range(DRAWS)]
                means = {name: mean([each[name] for each in figures]) for name in figures[0]}
                print(json.dumps({"set": judged.name, "labels": labels, "coin": coin, **means}), flush=True)


def chances(judged: JudgedSet, embedder: KeptVectors) -> list[tuple[float, bool]]:
    """The critic's log-odds of each question, and whether the documents answer it."""
    rows: list[tuple[float, bool]] = []
    with judged.library(embedder) as library:
        for questions, answers in ((judged.questions, True), (judged.unanswerable, False)):
            for question in questions:
                retrieved = library.retrieve(question.text, k=3, collection=judged.collection)
                held = min(max(answerable(measure_signals(library, question.text, retrieved)), 1e-6), 1 - 1e-6)
                rows.append((math.log(held / (1 - held)), answers))
    return rows


def draw(rows: list[tuple[float, bool]], labels: int, coin: bool, chance: random.Random) -> dict[str, float | None]:
    """One person. What they judge is not measured."""
    shuffled = chance.sample(rows, len(rows))
    refused = [row for row in shuffled if row[0] < BOUND][: min(labels, sum(row[0] < BOUND for row in rows) // 2)]
    answered = [row for row in shuffled if row[0] >= BOUND][:labels]
    others = [row for row in rows if row not in refused]

    def thumb(right: bool) -> bool:
        return chance.random() < 0.5 if coin else right != (chance.random() < SLIPS)

    judged = [JudgedRefusal(seen, BOUND, thumb(answers)) for seen, answers in refused]
    fit = fit_bias(judged, [(seen, thumb(answers)) for seen, answers in answered])
    figures: dict[str, float | None] = {"judged": float(len(judged)), "bias": fit.bias}
    for name, wanted in (("answerable", True), ("unanswerable", False)):
        kind = [seen for seen, answers in others if answers is wanted]
        for when, bias in (("before", 0.0), ("after", fit.bias)):
            figures[f"{name}_refused_{when}"] = mean([float(seen + bias < BOUND) for seen in kind])
    return figures


def mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 3) if known else None


if __name__ == "__main__":
    main()
