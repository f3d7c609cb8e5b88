"""How good an answer in prose is, beside a person's free text."""

import math
from dataclasses import replace

import pytest
from ayllu.evaluation import Prediction, prose_quality

WANTED = "The museum opens at ten in the morning [1]."
GOOD = Prediction(
    "q",
    "It opens at ten [1].",
    "It opens at ten.",
    "draft",
    False,
    ["…"],
    [],
    [],
    style="prose",
    supported=1.0,
    citation_support=1.0,
)


def test_an_answer_in_other_words_that_passages_support_is_as_good_as_the_model_finds_the_right_one_likely() -> None:
    assert prose_quality(GOOD, WANTED, logprob=0.0) == 1.0
    assert prose_quality(GOOD, WANTED, logprob=math.log(0.2)) == pytest.approx(0.8)


def test_without_a_likelihood_the_words_of_what_was_accepted_count() -> None:
    assert prose_quality(replace(GOOD, answer=WANTED), WANTED) == 1.0
    assert 0.75 < prose_quality(GOOD, WANTED) < 0.9  # "opens", "at", "ten" of seven


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, supported=0.0),
        replace(GOOD, citation_support=None),  # no mark at all
        replace(GOOD, answer="It opens at ten, and that is so because of what was said of it before, at length, " * 3),
        replace(GOOD, answer=""),
    ],
)
def test_what_is_unsupported_unmarked_or_of_another_length_is_worse(worse: Prediction) -> None:
    assert prose_quality(worse, WANTED, logprob=0.0) < prose_quality(GOOD, WANTED, logprob=0.0) - 0.1


def test_a_refusal_is_worth_nothing() -> None:
    assert prose_quality(replace(GOOD, abstained=True), WANTED, logprob=0.0) == 0.0
