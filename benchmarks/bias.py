"""What judged refusals do to the critic's bound: `python benchmarks/bias.py [FILE…] [--most N] [--cache DIR]`.

Over our own sets (the sample, and how-to questions on `docs/`), evaluation files, and questions that are drawn: near the
bound and far from it, as often answerable as the critic says, by 2 in log-odds oftener, or all. A person judges so many
refusals, drawn by chance, one of ten by a slip, and rates as many answers; the bias that follows is held against all other
questions: the share that is refused of those that the documents answer, and of those that they do not. The same where three
of ten wrong refusals are corrected, too, and of a coin. Means of `DRAWS` persons; no model is asked, so that the probability
is that of what was found.
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
LABELS = (4, 8, 10, 20, 40)
DRAWN = {"near": (-1.2, 0.5), "wide": (-1.7, 1.0), "far": (-3.0, 1.0)}  # mean and spread of what the critic sees
OFF = (0.0, 2.0, math.inf)
KINDS = ("coin", "thumbs", "corrections")
CORRECTED = 0.3
QUESTIONS = 500
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
        measure(judged.name, chances(judged, embedder))
    for name, (middle, spread) in DRAWN.items():
        for off in OFF:
            measure(f"{name}, off by {off:g}", drawn(middle, spread, off, random.Random(1)))


def measure(name: str, seen: list[tuple[float, bool]]) -> None:
    for labels in LABELS:
        for kind in KINDS:
            figures = [draw(seen, labels, kind, random.Random(seed)) for seed in range(DRAWS)]
            means = {figure: mean([each[figure] for each in figures]) for figure in figures[0]}
            print(json.dumps({"set": name, "labels": labels, "person": kind, **means}), flush=True)


def drawn(middle: float, spread: float, off: float, chance: random.Random) -> list[tuple[float, bool]]:
    """As `chances`."""
    seen = [chance.gauss(middle, spread) for _ in range(QUESTIONS)]
    return [(each, chance.random() < 1 / (1 + math.exp(-each - off))) for each in seen]


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


def draw(rows: list[tuple[float, bool]], labels: int, kind: str, chance: random.Random) -> dict[str, float | None]:
    """One person. What they judge is not measured."""
    shuffled = chance.sample(rows, len(rows))
    refused = [row for row in shuffled if row[0] < BOUND][: min(labels, sum(row[0] < BOUND for row in rows) // 2)]
    answered = [row for row in shuffled if row[0] >= BOUND][:labels]
    others = [row for row in rows if row not in refused]

    def thumb(right: bool) -> bool:
        return chance.random() < 0.5 if kind == "coin" else right != (chance.random() < SLIPS)

    judged = []
    for seen, answers in refused:
        liked_answer = thumb(answers)
        proven = kind == "corrections" and answers and liked_answer and chance.random() < CORRECTED
        judged.append(JudgedRefusal(seen, BOUND, liked_answer, proven))
    ratings = [(seen, thumb(answers)) for seen, answers in answered]
    fit = fit_bias(judged, ratings, sum(each.proven for each in judged))
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
