"""What a question is about."""

import pytest
from ayllu.agents.asking import subject


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Summarise the history of the mill.", "the history of the mill."),
        ("Can you please compare hand tools and electric ones?", "hand tools and electric ones?"),
        ("What is the difference between a loan and a gift?", "a loan and a gift?"),
        ("Tell me about the fire", "the fire"),
        ("Explain.", "Explain."),
        ("How do I list a tool?", "How do I list a tool?"),
        ("Which list holds the prices?", "Which list holds the prices?"),
    ],
)
def test_words_that_only_order_an_overview_are_not_searched_for(question: str, about: str) -> None:
    assert subject(question) == about
