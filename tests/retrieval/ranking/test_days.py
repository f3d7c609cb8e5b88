"""The days that a text speaks of, in whichever words."""

import pytest
from ayllu.retrieval.ranking.days import find_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on Mondays", {0}),
        ("Open Monday to Friday from 9 to 17.", {0, 1, 2, 3, 4}),
        ("vom Freitag bis Montag", {4, 5, 6, 0}),
        ("Mo–Fr 9-17 Uhr", {0, 1, 2, 3, 4}),
        ("Sat 8-18, Sun 10-12", {5, 6}),
        ("Montags und freitags", {0, 4}),
        ("por la mañana del domingo", {6}),
        ("по вторникам, а в субботу закрыто", {1, 5}),
        ("星期二至星期六", {1, 2, 3, 4, 5}),
        ("火曜日から日曜日まで", {1, 2, 3, 4, 5, 6}),
        ("수요일부터 일요일까지", {2, 3, 4, 5, 6}),
        ("من الأحد إلى الخميس", {6, 0, 1, 2, 3}),
        ("open daily", set(range(7))),
        ("at the weekend", {5, 6}),
        ("Do it so, in the sun", set()),
        ("среднего роста", set()),
    ],
)
def test_the_days_of_a_text(text: str, days: set[int]) -> None:
    assert find_days(text) == days
