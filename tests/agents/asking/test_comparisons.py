"""The sides of a comparison."""

import pytest
from ayllu.agents.asking import compared


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "Compare the fees of the sharpening and the grafting course",
            ("the fees of the sharpening", "the fees of the grafting course"),
        ),
        ("What is the difference between a wet stone and a dry stone?", ("a wet stone", "a dry stone")),
        ("How does the drill differ from the saw?", ("the drill", "the saw")),
        ("Compare membership for students and for adults", ("membership for students", "membership for adults")),
        ("Vergleiche die Kosten von Bohrer und Säge", ("die Kosten von Bohrer", "die Kosten von Säge")),
    ],
)
def test_both_sides_are_named(question: str, sides: tuple[str, str]) -> None:
    assert compared(question) == sides


@pytest.mark.parametrize("question", ["Compare opening hours", "When do the drill and the saw come back?"])
def test_what_compares_no_pair_has_none(question: str) -> None:
    assert compared(question) is None
