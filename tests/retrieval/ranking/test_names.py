"""The names, numbers and days of a question, and whether a sentence is about them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval.docstore import DocStore, KeywordIndex
from ayllu.retrieval.ranking.names import find_names, lacking


@pytest.fixture
def keywords(tmp_path: Path) -> Iterator[KeywordIndex]:
    with closing(DocStore(tmp_path)) as docstore:
        yield docstore.keywords


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What is the price of AX-1001-D?", {("AX-1001-D", "code")}),
        ("Was invoice 2023/0171 paid?", {("2023/0171", "code")}),
        ("Who answers 555-0142?", {("555-0142", "code")}),
        ("What does --max-ppsize set?", {("--max-ppsize", "code")}),
        ("Is it open on Sundays?", {("Sundays", "day")}),
        ("Who led it in 1999?", {("1999", "year")}),
        ("What was sold in 2019/2020?", set()),
        ("How many of 5/6 remain, 24/7?", set()),
        ("When is the 3rd talk at 10am?", set()),
    ],
)
def test_the_names_of_a_question(question: str, names: set[tuple[str, str]]) -> None:
    assert {(name.text, name.kind) for name in find_names(question)} == names


@pytest.mark.parametrize(
    ("question", "sentence", "is_lacking"),
    [
        ("Was invoice 2023/0171 paid?", "Invoice 2023/0117 was paid.", True),
        ("Was invoice 2023/0171 paid?", "Invoice 2023/0171 was not paid.", False),
        ("What is the price of AX-1001-D?", "part: AX-1001; price: 0.40.", True),
        ("What does E-402 mean?", "E-4021: the coolant is low.", True),
        ("Is it open on Mondays?", "On Sunday it is open from 9.", True),
        ("When is the C++ course?", "The C++ course is on Monday.", False),
    ],
)
def test_a_sentence_about_another_name_lacks_it(
    question: str, sentence: str, is_lacking: bool, keywords: KeywordIndex
) -> None:
    assert bool(lacking(find_names(question), sentence, sentence, keywords)) is is_lacking
