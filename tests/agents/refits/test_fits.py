"""The fits themselves: what moves them, what does not, and what chance can do."""

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from ayllu.agents.refits import JudgedRanking, JudgedRefusal, fit_bias, fit_share, opened

BOUND = math.log(0.32 / 0.68)
SHIPPED = 0.5


def refusals(
    count: int, chance: random.Random, *, off: float = 0.0, toss: bool = False, slips: float = 0.1
) -> Sequence[JudgedRefusal]:
    """Judged by somebody for whom the critic is `off` by so many log-odds, or by the toss of a coin."""
    judged: list[JudgedRefusal] = []
    while len(judged) < count:
        seen = chance.gauss(-1.7, 1.0)
        if seen < BOUND:
            right = chance.random() < 1 / (1 + math.exp(-seen - off))
            label = chance.random() < 0.5 if toss else right != (chance.random() < slips)
            judged.append(JudgedRefusal(seen, BOUND, label))
    return judged


def tossed(count: int, chance: random.Random) -> list[tuple[float, bool]]:
    return [(chance.gauss(1.0, 1.0), chance.random() < 0.5) for _ in range(count)]


def test_few_labels_move_nothing() -> None:
    assert fit_bias([JudgedRefusal(-1.0, BOUND, True, True)] * 3).bias == 0


@pytest.mark.parametrize("count", [4, 5, 10, 30, 100])
def test_thumbs_by_the_toss_of_a_coin_open_hardly_a_refusal(count: int) -> None:
    chance = random.Random(count)
    shares = []
    for _ in range(25):
        judged = refusals(count, chance, toss=True)
        fit = fit_bias(judged, tossed(2 * count, chance))
        shares.append(sum(opened(each, fit.bias) for each in judged) / count)
    assert sum(shares) / len(shares) <= 0.04


def test_coins_move_no_bound_by_which_what_stands_next_to_it_would_be_opened() -> None:
    chance = random.Random(8)
    fits = [fit_bias(refusals(4, chance, toss=True), tossed(20, chance)) for _ in range(40)]
    assert sum(fit.bias > 0 for fit in fits) <= 4


def test_ten_judgements_that_agree_open_what_stands_near() -> None:
    ten = [JudgedRefusal(BOUND - 0.6, BOUND, number > 0) for number in range(10)]  # one of them a slip
    assert opened(ten[0], fit_bias(ten).bias)
    assert fit_bias(ten[:4]).bias == 0
    proven = [JudgedRefusal(BOUND - 0.6, BOUND, True, True)] * 4
    assert opened(proven[0], fit_bias(proven).bias)


def test_what_a_person_judges_wrong_again_and_again_is_opened() -> None:
    chance = random.Random(1)
    fits = [fit_bias(refusals(20, chance, off=2.0), corrections=3) for _ in range(20)]
    thumbs_alone = [fit_bias(refusals(20, chance, off=2.0)) for _ in range(20)]
    assert sum(fit.bias for fit in thumbs_alone) < sum(fit.bias for fit in fits)
    assert sum(fit.bias for fit in fits) / 20 >= 0.9
    assert max(fit.bias for fit in fits) <= 2.0
    calibrated = [fit_bias(refusals(80, chance, slips=0.05), corrections=3).bias for _ in range(12)]
    assert abs(sum(calibrated) / 12) <= 0.4


def ranking(chance: np.random.Generator, better: int | None) -> JudgedRanking:
    """Ten passages, of which the first is right; one search knows that, or neither does."""
    contributions = chance.normal(size=(10, 2))
    if better is not None:
        contributions[0, better] += 2.0
    return JudgedRanking(contributions, frozenset({0}))


@pytest.mark.parametrize(("better", "low", "high"), [(0, 0.0, 0.4), (1, 0.6, 1.0)])
def test_the_search_that_finds_the_right_passages_counts_more(better: int, low: float, high: float) -> None:
    chance = np.random.default_rng(3)
    fit = fit_share([ranking(chance, better) for _ in range(60)], SHIPPED)
    assert fit.share is not None
    assert low <= fit.share <= high
    assert fit.before is not None
    assert fit.after is not None
    assert fit.after > fit.before


def test_few_questions_or_chance_leave_the_shipped_share() -> None:
    chance = np.random.default_rng(4)
    assert fit_share([ranking(chance, 1) for _ in range(11)], SHIPPED).share is None
    assert sum(fit_share([ranking(chance, None) for _ in range(40)], SHIPPED).share is not None for _ in range(40)) <= 3


def test_it_is_looked_at_again_only_with_half_as_many_more() -> None:
    chance = np.random.default_rng(5)
    judged = [ranking(chance, 1) for _ in range(17)]
    assert fit_share(judged, SHIPPED).p == fit_share(judged[:12], SHIPPED).p
