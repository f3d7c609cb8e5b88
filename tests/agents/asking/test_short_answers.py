"""Questions that one fact answers."""

import pytest
from ayllu.agents.asking import wants_short


@pytest.mark.parametrize(
    "question",
    [
        "When is the library open on Sundays?",
        "In what year was the mill built?",
        "How many goals did Ana Quispe score?",
        "Which regatta did Quispe win at 38 years old?",
        "What is the name of the keeper?",
        "The mill was built by whom?",
        "And who teaches the course?",
    ],
)
def test_one_fact_answers_them(question: str) -> None:
    assert wants_short(question)


@pytest.mark.parametrize(
    "question",
    [
        "How do I become a member?",
        "Why is the kiln hot?",
        "What is a crucible?",
        "Is the library open on Sundays?",
        "Which courses are there?",
        "What are the fees?",
        "What are the names of the keepers?",
        "Compare the fees of both courses",
        "List all the courses.",
        "Summarise this.",
        "hello",
    ],
)
def test_others_want_more_than_a_fact(question: str) -> None:
    assert not wants_short(question)
