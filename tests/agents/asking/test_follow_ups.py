"""Which questions take their subject from the turn before."""

import pytest
from ayllu.agents.asking import with_history

BEFORE = [("Describe the fire.", "…")]


@pytest.mark.parametrize(
    "question",
    [
        "And why?",
        "When was that?",
        "Since when?",
        "and on Sundays?",
        "And for the ladder?",
        "What about the rent-to-buy option?",
        "How much does it cost?",
        "Which petrol does it run on?",
        "At what temperature are they kept?",
        "What does an evening there cost?",
        "What may I bring?",
    ],
)
def test_a_question_without_words_of_its_own_takes_the_subject_of_the_turn_before(question: str) -> None:
    assert with_history(question, BEFORE) == f"the fire. {question}"
    assert with_history(question, []) == question


@pytest.mark.parametrize(
    "question",
    [
        "Who founded the library?",
        "When did Luther die?",
        "What is Watson Assistant?",
        "Is there a deposit for ladders?",
        "What is the name of the protein that carries oxygen?",
        "What did Tesla do with his patents?",
        "How many people live there in Brookhaven today?",
        "图书馆星期天几点开门？",
        "What are clades?",
        "What was huihui?",
        "There were many weavers with what unexpected right?",
    ],
)
def test_a_question_that_says_what_it_is_about_stands_alone(question: str) -> None:
    assert with_history(question, BEFORE) == question


def test_one_with_words_of_its_own_stands_alone_even_where_it_points() -> None:
    question = "Is motorcycle insurance under the same regulation as boats?"
    assert with_history(question, BEFORE) == question
