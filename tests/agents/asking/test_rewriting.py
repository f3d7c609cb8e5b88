"""Which follow-ups a model writes out, and what of its words is taken."""

import pytest
from ayllu.agents.asking import needs_rewriting, rewriting_turns, rewritten


@pytest.mark.parametrize("question", ["And why?", "How much does it cost?", "What about Sundays?", "Regional differences"])
def test_a_question_that_leans_on_what_was_said_is_written_out(question: str) -> None:
    assert needs_rewriting(question)


@pytest.mark.parametrize("question", ["Who founded the library?", "When did Luther die?", "What is Watson Assistant?"])
def test_a_question_that_stands_by_itself_is_not(question: str) -> None:
    assert not needs_rewriting(question)


def test_the_model_sees_the_last_turns_shortened_after_what_shows_it_how() -> None:
    history = [("Oldest?", "Gone."), ("Before?", "word " * 500), ("Last?", "Yes.")]
    *shown, (request, written) = rewriting_turns("And then?", history)
    assert written == ""
    assert all(answer for _, answer in shown)
    assert "Oldest?" not in request
    assert len(request) < 500
    assert request.endswith("A: Yes.\nLast question: And then?")


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("What does the ladder cost for members?", "What does the ladder cost for members?"),
        ('Rewritten question: "What does the ladder cost?"\nAnswer: 2 soles', "What does the ladder cost?"),
        ("What does it cost?", None),  # as it was
        ("It takes 2 soles.", None),  # an answer
        ("word " * 60, None),
        ("  \n", None),
    ],
)
def test_what_is_no_question_of_these_words_is_not_taken(written: str, taken: str | None) -> None:
    assert rewritten(written, "What does it cost?") == taken
