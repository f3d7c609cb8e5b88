"""What is said around an answer goes, and what belongs to it stays."""

import pytest
from ayllu.agents.memory.framing import answer_in


@pytest.mark.parametrize(
    ("correction", "answer"),
    [
        ("10:00 to 14:00", "10:00 to 14:00"),
        ("No, the text says at least 70", "at least 70"),
        ("That is wrong, the answer is thirty soles.", "thirty soles."),
        ("it's Ines Quispe, not Tomas Arce", "Ines Quispe"),
        ("Not 811 but 412 varieties", "412 varieties"),
        ("I would have said: noon", "noon"),
        ("The answer is 5 instead of 8", "5"),
        ("It is not lent to anyone", "It is not lent to anyone"),
        ("It is", "It is"),
        ("No", "No"),
        ("Nobody works there without the course", "Nobody works there without the course"),
    ],
)
def test_the_answer_alone_is_left(correction: str, answer: str) -> None:
    assert answer_in(correction) == answer


def test_what_is_denied_goes_only_where_it_is_the_wrong_answer() -> None:
    assert answer_in("Ines Quispe, not Tomas Arce", "Tomas Arce") == "Ines Quispe"
    assert answer_in("members, not visitors", "Tomas Arce") == "members, not visitors"
