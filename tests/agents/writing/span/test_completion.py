"""A short answer gets what belongs to it."""

import pytest
from ayllu.agents.writing.span import complete_span

TEXT = "A tool that comes back late costs 2 soles for each day, and 14 soles a week."


@pytest.mark.parametrize(
    ("span", "question", "complete"),
    [
        ("soles", "What does a late tool cost?", "2 soles"),
        ("14", "How much is it a week?", "14 soles"),
        ("14", "How many?", "14"),
        ("each day", "How much?", "each day"),
        ("elsewhere", "How much?", "elsewhere"),
    ],
)
def test_an_amount_gets_its_unit(span: str, question: str, complete: str) -> None:
    assert complete_span(span, TEXT, question) == complete


def test_a_bracket_that_was_opened_is_closed() -> None:
    assert complete_span("DTIME(f(n", "It is called DTIME(f(n)).", "What is it called?") == "DTIME(f(n))"
    assert complete_span("binary (base two", "In binary (base two, say) or decimal.", "How?") == "binary (base two"
