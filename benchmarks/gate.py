"""How often the gate errs: `python benchmarks/gate.py [--adapters N]`; answers are drawn by chance, no model is asked.

Drawn are adapters that are no better (0.12 of all answers turn right, as many wrong), that are 0.05 worse, and good ones
(0.20 turn right, 0.08 wrong), for models that answer a share of all questions rightly, asked

- in a person's log: right answers are accepted, wrong ones corrected with a probability, of which as many are asked as said;
- in an imported set, where all questions count;
- in a log of 120 answers ten times over, by ten adapters, with the looks counted.

The share promoted of each, as a table.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from functools import partial

from ayllu.evaluation import Outcome, Shares, judge

ADAPTERS = {"no better": (0.12, 0.12), "0.05 worse": (0.10, 0.15), "good": (0.20, 0.08)}  # gained, lost: of all answers
SIZES = (20, 50, 120, 200)
RIGHT = (0.3, 0.5, 0.8)
CORRECTED = (1.0, 0.3)
LOOKS = 10
Answers = list[tuple[bool, bool]]  # whether each was right before, and is asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adapters", type=int, default=1000, metavar="N")
    options = parser.parse_args()
    print(f"| adapter | asked of | right before | {' | '.join(f'n = {size}' for size in SIZES)} |")
    print("|---|---|---|" + "---|" * len(SIZES))
    for name, (gained, lost) in ADAPTERS.items():
        for right in RIGHT:
            if gained > 1 - right or lost > right:
                continue
            flip = partial(flipped, gained=gained / (1 - right), lost=lost / right)
            for place, draw in ways(right):
                shares = [promoted(options.adapters, partial(draw, size), flip) for size in SIZES]
                print(f"| {name} | {place} | {right} | {' | '.join(f'{share:.3f}' for share in shares)} |", flush=True)
    for right in RIGHT:
        gained, lost = ADAPTERS["no better"]
        flip = partial(flipped, gained=gained / (1 - right), lost=lost / right)
        share = promoted(options.adapters // 4, partial(log, 120, right=right, corrected=0.3), flip, LOOKS)
        print(f"Any of {LOOKS} looks by adapters that are no better, right before {right}: {share:.3f}")


def ways(right: float) -> Iterator[tuple[str, Callable[..., tuple[Answers, Shares | None]]]]:
    for corrected in CORRECTED:
        yield f"log, {corrected} corrected", partial(log, right=right, corrected=corrected)
    yield "imported set", partial(imported, right=right)


def log(size: int, chance: random.Random, *, right: float, corrected: float) -> tuple[Answers, Shares | None]:
    answers: Answers = []
    put = wrong = 0
    while put < size:
        correct = chance.random() < right
        answers.append((correct, correct or chance.random() < corrected))
        put += answers[-1][1]
        wrong += not correct
    return answers, Shares(wrong, len(answers) - wrong)


def imported(size: int, chance: random.Random, *, right: float) -> tuple[Answers, Shares | None]:
    return [(chance.random() < right, True) for _ in range(size)], None


def flipped(correct: bool, chance: random.Random, *, gained: float, lost: float) -> bool:
    return chance.random() >= lost if correct else chance.random() < gained


def promoted(
    adapters: int,
    draw: Callable[[random.Random], tuple[Answers, Shares | None]],
    flip: Callable[[bool, random.Random], bool],
    looks: int = 1,
) -> float:
    """The share of the adapters that any of so many looks promotes."""
    chance, count = random.Random(1), 0
    for _ in range(adapters):
        answers, shares = draw(chance)
        count += any(passes(answers, shares, flip, chance, look) for look in range(1, looks + 1))
    return count / max(adapters, 1)


def passes(
    answers: Answers,
    shares: Shares | None,
    flip: Callable[[bool, random.Random], bool],
    chance: random.Random,
    look: int,
) -> bool:
    outcomes = []
    for at, (correct, is_put) in enumerate(answers):
        if is_put:
            origin = "sample" if shares is None else "accepted" if correct else "corrected"
            outcomes.append(Outcome(str(at), str(at), origin, float(correct), float(flip(correct, chance))))
    return judge("f1", outcomes, shares or Shares(), {}, look=look).promoted


if __name__ == "__main__":
    main()
