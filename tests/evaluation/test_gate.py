"""The promotion gate on paired scores."""

import random

import pytest
from ayllu.evaluation import Guard, judge
from ayllu.evaluation.gate import mcnemar, paired_bootstrap

HELD = {"general": Guard(0.6, 0.59, 0.02)}


def right(scores: list[float]) -> list[bool]:
    return [score == 1.0 for score in scores]


def test_a_clear_gain_is_promoted_and_says_so() -> None:
    chance = random.Random(1)
    before = [chance.choice([0.0, 0.5, 1.0]) for _ in range(120)]
    after = [min(1.0, score + chance.choice([0.0, 0.5])) for score in before]
    verdict = judge("f1", before, after, right(before), right(after), HELD)
    assert verdict.promoted
    assert 0 < verdict.interval[0] < verdict.after - verdict.before < verdict.interval[1]
    assert verdict.reason.startswith("Promoted: f1 went from")


def test_scores_at_random_are_refused() -> None:
    chance = random.Random(2)
    refused = 0
    for _ in range(20):
        before, after = ([chance.random() for _ in range(100)] for _ in range(2))
        refused += not judge("f1", before, after, right(before), right(after), HELD).promoted
    assert refused >= 18  # 95 % intervals


def test_a_guard_that_falls_keeps_a_gain_from_being_promoted() -> None:
    before, after = [0.0] * 50, [1.0] * 50
    verdict = judge("f1", before, after, right(before), right(after), {"citation_precision": Guard(0.95, 0.9, 0.02)})
    assert not verdict.promoted
    assert "citation precision fell from 0.950 to 0.900" in verdict.reason


def test_what_could_not_be_measured_guards_nothing() -> None:
    assert Guard(None, 0.1, 0.0).held


def test_the_bootstrap_is_seeded_and_covers_the_mean() -> None:
    before, after = [0.0, 1.0] * 40, [0.0, 1.0, 1.0, 1.0] * 20
    low, high = paired_bootstrap(before, after, seed=3)
    assert (low, high) == paired_bootstrap(before, after, seed=3)
    assert low < 0.25 < high


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [(0, 0, 1.0), (5, 0, 0.0625), (10, 2, 0.03857421875), (3, 3, 1.0)],  # R's binom.test(min, n)
)
def test_mcnemar_is_exact(gained: int, lost: int, p: float) -> None:
    before = [False] * gained + [True] * lost + [True, False]
    after = [True] * gained + [False] * lost + [True, False]
    assert mcnemar(before, after) == pytest.approx(p)


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(ValueError, match="same questions"):
        paired_bootstrap([], [])
