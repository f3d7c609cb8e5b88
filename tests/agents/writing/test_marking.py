"""A draft as it is shown: marks by first use, and what no passage supports named or left out."""

import pytest
from ayllu.agents.writing import Attributed, MarkedDraft, mark_statements, split_statements
from ayllu.retrieval import Passage

PASSAGES = [Passage(f"c{n}", f"{n}.md", None, f"Text {n}.", 0, 7, 0.5, 0.5) for n in (1, 2, 3)]


def mark(draft: str, supporting: list[tuple[int, ...] | None], *, strict: bool = False) -> MarkedDraft:
    statements = [
        Attributed(statement, numbers or (), None if numbers is None else bool(numbers))
        for statement, numbers in zip(split_statements(draft), supporting, strict=True)
    ]
    return mark_statements(draft, statements, PASSAGES, strict=strict)


@pytest.mark.parametrize(
    ("draft", "supporting", "shown"),
    [
        ("So it is.", [(2,)], "So it is [1]."),
        ("So it is", [(2, 1)], "So it is [1][2]"),
        ("He said “so it is.”", [(1,)], "He said “so it is [1].”"),
        ("One. [7] Two. [8]", [(3,), (3,)], "One [1]. Two [1]."),
        ("Steps:\n\n1. Ask.\n2. Wait.", [None, (2,), (1,)], "Steps:\n\n1. Ask [1].\n2. Wait [2]."),
        ("```sh\nls\n```\nDone.", [(2,), (1,)], "```sh\nls\n```\n[1]\nDone [2]."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", [(1,), (2,)], "| a | b [1] |\n|---|---|\n| 1 | 2 [2] |"),
    ],
)
def test_marks_stand_where_they_belong(draft: str, supporting: list[tuple[int, ...] | None], shown: str) -> None:
    assert mark(draft, supporting).text == shown


def test_places_of_what_has_no_support_are_those_in_the_shown_text() -> None:
    marked = mark("  So it is [3]. Not this. [2] But that.", [(3,), (), (1,)])
    assert marked.text == "So it is [1]. Not this. But that [2]."
    assert [passage.chunk_id for passage in marked.cited] == ["c3", "c1"]
    (sentence,) = marked.unsupported
    assert marked.text[sentence.start : sentence.end] == sentence.text == "Not this."


@pytest.mark.parametrize(
    ("draft", "supporting", "shown"),
    [
        ("So it is. Not this.", [(1,), ()], "So it is [1]."),
        ("Steps:\n- Ask.\n- Wait.", [None, (1,), ()], "Steps:\n- Ask [1]."),
        ("So it is.\n\nSteps:\n- Ask.\n- Wait.", [(1,), None, (), ()], "So it is [1]."),
    ],
)
def test_what_has_no_support_is_left_out_where_it_is_strict(
    draft: str, supporting: list[tuple[int, ...] | None], shown: str
) -> None:
    marked = mark(draft, supporting, strict=True)
    assert marked.text == shown
    assert marked.unsupported == ()
