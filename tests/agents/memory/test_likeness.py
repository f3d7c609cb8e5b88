"""Questions that are near in words and ask for something else are told from those that ask for the same."""

import pytest
from ayllu.agents.memory.likeness import ask_the_same, comparable


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Who founded the library?", "When was the library founded?"),
        ("When is the library open on Sundays?", "When is the library open on Saturdays?"),
        ("Who is asked first by the fallback?", "Who is asked last by the fallback?"),
        ("Whom did Rollo defeat?", "Who defeated Rollo?"),
        ("What does room 12 cost?", "What does room 14 cost?"),
        ("What did Ana found in 1984?", "What did Ana found in 1991?"),
        ("When is the library open?", "When is the library closed?"),
        ("Which tools may not be borrowed?", "Which tools may be borrowed?"),
        ("Who is the chair of the board?", "Who is the vice-chair of the board?"),
        ("How long does a loan last?", "How much does a loan cost?"),
        ("Wer leitet die Bibliothek?", "Wann öffnet die Bibliothek?"),
        ("What does the AX-1001 weigh?", "What does the AX-1002 weigh?"),
    ],
)
def test_near_in_words_and_not_in_meaning(question: str, other: str) -> None:
    assert not ask_the_same(question, other, 0.99)


@pytest.mark.parametrize(
    ("question", "other", "cosine"),
    [
        ("How much does a membership cost?", "What is the price of a membership?", 0.8),
        ("On Sundays, when is the library open?", "When is the library open on Sundays?", 0.97),
        ("By whom was the library founded?", "Who founded the library?", 0.9),
        ("What share of the income is the town's?", "What is the town's share of the income?", 0.9),
        ("Who is in charge of the seed collection?", "Who looks after the seed collection?", 0.79),
        (
            "How many corrections does training need at least?",
            "What number of corrections does training need at least?",
            0.9,
        ),
        ("Wer leitet die Bibliothek?", "Wer leitet unsere Bibliothek?", 0.95),
    ],
)
def test_the_same_in_other_words(question: str, other: str, cosine: float) -> None:
    assert ask_the_same(question, other, cosine)
    assert not ask_the_same(question, other, 0.5)


def test_a_name_need_not_be_spelled_with_its_capital() -> None:
    assert comparable("Who taught Ana Ruiz?", "who taught ana ruiz?")
    assert not comparable("Who taught Ana Ruiz?", "Who taught Ben Soto?")


def test_with_an_embedder_that_nothing_was_measured_with_the_words_must_be_the_same() -> None:
    question, other = "What is the price of a membership for students?", "What is the price of a membership?"
    assert ask_the_same(question, other, 0.95)
    assert not ask_the_same(question, other, 0.95, measured=False)
    assert ask_the_same("For students, what is the price of a membership?", question, 0.3, measured=False)
