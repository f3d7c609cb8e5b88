"""The columns of a statement that are of the time that is asked for."""

import pytest
from ayllu.retrieval import columns_of_period

THREE = ["Three Months Ended June 30, 2023", "Three Months Ended June 30, 2022"]
SIX = ["Six Months Ended June 30, 2023", "Six Months Ended June 30, 2022"]


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("What was net income in the second quarter of 2023?", THREE[0]),
        ("What was net income in Q2 2022?", THREE[1]),
        ("What was net income for the quarter ended June 30, 2022?", THREE[1]),
        ("What was net income for the three months ended June 30, 2023?", THREE[0]),
        ("What was net income in the first half of 2023?", SIX[0]),
        ("What was net income in the first six months of 2022?", SIX[1]),
    ],
)
def test_a_question_means_the_columns_of_its_time(question: str, column: str) -> None:
    assert columns_of_period(question, ["", *THREE, *SIX, "Change"]) == [column]


def test_a_date_by_itself_is_the_end_of_the_quarter_above_it() -> None:
    assert columns_of_period("What was it in Q2 2023?", ["June 30, 2023", "June 30, 2022"]) == ["June 30, 2023"]
    assert columns_of_period("Inventories as of December 31, 2022?", ["June 30, 2023", "December 31, 2022"]) == [
        "December 31, 2022"
    ]


def test_a_quarter_of_a_year_of_business_may_end_in_another_month() -> None:
    names = ["Three Months Ended April 1, 2023", "Nine Months Ended April 1, 2023", "Three Months Ended March 26, 2022"]
    assert columns_of_period("What was revenue in the third quarter of 2023?", names) == [names[0]]


def test_a_whole_year_is_no_part_of_it() -> None:
    names = ["Quarter Ended December 31, 2023", "Year Ended December 31, 2023", "Year Ended December 31, 2022"]
    assert columns_of_period("What was net income in 2023?", names) == [names[1]]
    assert columns_of_period("What was net income in 2023?", ["2023", "2022", "Change"]) == ["2023"]


def test_a_time_that_no_column_has_is_none_of_them() -> None:
    assert columns_of_period("What was net income in 2019?", THREE) == []
    assert columns_of_period("What was net income?", THREE) is None
    assert columns_of_period("What was the price in 2023?", ["Price", "Stock"]) is None
