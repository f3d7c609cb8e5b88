"""What is said to a model after the question."""

import pytest
from ayllu.agents.writing import prose_messages
from ayllu.agents.writing.request_notes import request_notes

ENGLISH = "The library is open on Sundays from ten to two, and it is closed on the days of the fair."


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("When is the library open on Sundays?", ""),
        ("Wann ist die Bibliothek am Sonntag geöffnet?", "Answer in German."),
        ("¿Cuándo está abierta la biblioteca los domingos?", "Answer in Spanish."),
        ("Öffnungszeiten", ""),
    ],
)
def test_the_language_is_named_where_it_is_not_that_of_the_passages(question: str, note: str) -> None:
    assert request_notes(question, [ENGLISH]) == note


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("List all the fees.", "on a line of its own"),
        ("What kinds of courses are there?", "on a line of its own"),
        ("What kind of forest is the Amazon?", ""),
        ("Compare the fees of both courses.", "point by point"),
        ("Summarise the house rules.", "summary"),
        ("How high is the fee?", ""),
        ("Who lists the fees?", ""),
    ],
)
def test_a_form_that_is_wanted_is_named(question: str, form: str) -> None:
    notes = request_notes(question, [ENGLISH])
    assert (form in notes) if form else notes == ""


def test_notes_stand_after_the_question_and_before_the_last_words() -> None:
    class Passage:
        label, source, text = "hours.md", "hours.md", ENGLISH

    sent = str(prose_messages("Answer.", "Wann ist die Bibliothek geöffnet?", (), [Passage()], "LAST")[-1].content)
    assert sent.endswith("Question: Wann ist die Bibliothek geöffnet?\n\nAnswer in German.\n\nLAST")
