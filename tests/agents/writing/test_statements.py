"""A draft in statements, each with the marks that the model put."""

import pytest
from ayllu.agents.writing import split_statements


@pytest.mark.parametrize(
    ("draft", "statements"),
    [
        ("", []),
        ("[1]", []),
        ("The fee is 40 soles. [1] It is due [2].", [("The fee is 40 soles.", (1,)), ("It is due.", (2,))]),
        ("Dr. Smith agreed.[3] So did I.", [("Dr. Smith agreed.", (3,)), ("So did I.", ())]),
        ("It opens at 9. [1][2]\n\nIt closes at 5.", [("It opens at 9.", (1, 2)), ("It closes at 5.", ())]),
        ("- go there [1]\n- come back", [("go there", (1,)), ("come back", ())]),
        ("[1] This holds.\n[2] That does not.", [("This holds.", (1,)), ("That does not.", (2,))]),
        ("Run this:\n\n```sh\nls -l\n```\n[2]", [("Run this:", ()), ("```sh\nls -l\n```", ())]),
        ("| day | hours |\n|---|---|\n| Sunday | 10 to 2 [1] |", [("| day | hours |", ()), ("| Sunday | 10 to 2 |", (1,))]),
    ],
)
def test_marks_belong_to_the_sentence_that_they_follow(draft: str, statements: list[tuple[str, tuple[int, ...]]]) -> None:
    split = split_statements(draft)
    assert [(each.text, each.marks) for each in split] == statements
    assert all(0 <= each.start < each.end <= len(draft) for each in split)


@pytest.mark.parametrize(
    ("draft", "leads"),
    [
        ("The steps are:\n1. Ask.\n2. Wait.", [True, False, False]),
        ("## Fees\n\nThe fee is 40 soles.", [True, False]),
        ("**Fees**\n\nThe fee is **40** soles.", [True, False]),
    ],
)
def test_what_only_leads_over_is_told_from_what_states_something(draft: str, leads: list[bool]) -> None:
    assert [each.leads for each in split_statements(draft)] == leads


def test_the_names_of_a_table_s_columns_lead_to_its_rows() -> None:
    table = "| Day | Opens |\n| --- | --- |\n| Sunday | 10:00 |"
    assert [(each.text, each.leads) for each in split_statements(table)] == [
        ("| Day | Opens |", True),
        ("| Sunday | 10:00 |", False),
    ]
