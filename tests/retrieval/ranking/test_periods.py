"""Years and quarters of questions and of the names of files."""

import pytest
from ayllu.retrieval.ranking.periods import Period, periods


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What were sales in the second quarter of 2023?", {Period(2023, 2)}),
        ("Sales in Q3 of fiscal year 2022", {Period(2022, 3)}),
        ("orcd-10q-2023q2.pdf", {Period(2023, 2)}),
        ("report_4Q2021.pdf", {Period(2021, 4)}),
        ("annual-report-2019.pdf", {Period(2019)}),
        ("blws-202303", set()),
        ("What is 120235 times 4?", set()),
    ],
)
def test_years_and_quarters_are_read_from_words_and_file_names(text: str, expected: set[Period]) -> None:
    assert periods(text) == expected


def test_a_year_includes_its_quarters_and_a_quarter_no_other() -> None:
    assert Period(2023).includes(Period(2023, 2))
    assert not Period(2023, 2).includes(Period(2023, 3))
    assert not Period(2023, 2).includes(Period(2023))
    assert not Period(2023).includes(Period(2022))
