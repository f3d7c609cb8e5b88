"""The names, numbers and days of a question, and whether a sentence is about them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval import Library
from ayllu.retrieval.docstore import DocStore, KeywordIndex
from ayllu.retrieval.ranking.names import barring_names, find_names, lacking, names_number, names_rival


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
        ("What happens if I'm late?", set()),
        ("What do I do when I’ve lost it, and I'd need it?", set()),
        ("Who led it in 1999?", {("1999", "year")}),
        ("What was sold in 2019/2020?", set()),
        ("How many of 5/6 remain, 24/7?", set()),
        ("When is the 3rd talk at 10am?", set()),
        ("What changed in 3.9.1?", {("3.9.1", "code")}),
        ("What was sold in Q2?", {("Q2", "quarter")}),
        ("What does -q do?", {("-q", "code")}),
        ("What happens on 5 April?", {("04-05", "day of month")}),
        ("What happened on 2021年4月5日?", {("2021-04-05", "date")}),
        ("Who is in room 12?", {("room 12", "number")}),
        ("What is the daily rate?", set()),
        ("Who holds more than 12?", set()),
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
        ("What changed in 3.9.1?", "3.9.12: the lamp blinks.", True),
        ("What changed in v3.9.1?", "3.9.1: the lamp blinks.", False),
        ("What does -Q do?", "-q: print nothing.", True),
        ("What does -Q do?", "-Q: skip the sieve.", False),
        ("What happens on 5 April?", "On April 6 there is a fair.", True),
        ("What happens on 5 April?", "On April 5th there is a fair.", False),
        ("Who is in room 12?", "Room: 14; name: Ada.", True),
        ("Who is in room 12?", "Rooms 12 and 14 are Ada's.", False),
        ("What costs 12 euros?", "A dozen costs twelve euros.", False),
        ("第3条说什么?", "第4条 会员可以借书。", True),
        ("Is it open on Wednesday?", "Open Monday to Friday.", False),
        ("Открыт ли он в воскресенье?", "В понедельник он закрыт.", True),
    ],
)
def test_a_sentence_about_another_name_lacks_it(
    question: str, sentence: str, is_lacking: bool, keywords: KeywordIndex
) -> None:
    assert bool(lacking(find_names(question), sentence, sentence, keywords)) is is_lacking


@pytest.mark.parametrize(
    ("question", "barring"),
    [
        ("Where does Soprano live?", ["Soprano"]),  # in no document
        ("Where does Alto live?", []),
        ("Where does Basso live?", ["Basso"]),  # a heading has it
        ("Wie ist der Name von dem Dorf und wo liegt es?", []),  # nouns
    ],
)
def test_a_name_that_no_document_has_bars(question: str, barring: list[str], library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Alto lives in a village.", "utf-8")
    library.ingest([str(tmp_path / "a.md")], collection="c")
    names = barring_names(question, ["Basso"], library._docstore.keywords)
    assert [name.text for name in names] == barring


def test_a_name_may_be_misspelled(keywords: KeywordIndex) -> None:
    text = "Gandhi walked to the sea."
    assert not lacking(find_names("How far did Ghandi walk?"), text, text, keywords)
    assert lacking(find_names("How far did Miller walk?"), text, "Mill Lane, Gandhi", keywords)


def test_another_name_of_the_form_asked_for_is_its_rival() -> None:
    assert names_rival("Which build fixes CVE-2023-4863?", "CVE-2023-4836")
    assert names_rival("When is it open on Monday?", "Tuesday at nine")
    assert not names_rival("Which build fixes CVE-2023-4863?", "1187")
    assert not names_rival("When is it open on Monday?", "Monday at nine")


def test_a_number_that_names_a_thing_is_looked_for_by_itself() -> None:
    assert names_number("What is level 1 for?", "Level 1 is for repairs.")
    assert names_number("What is level 1 for?", "Level 10 is under 9.1.") is False
    assert names_number("What does a priority of 1001 do?", "priority: 1001; effect: downgrade") is True
    assert names_number("What is it for?", "Level 1") is None


def test_a_quarter_is_meant_by_its_days_as_well(keywords: KeywordIndex) -> None:
    names = find_names("What was sold in Q2?")
    for text in ("Sold in Q2: 12.", "Three Months Ended June 30, 2023: 12", "Sold: 12."):
        assert not lacking(names, text, text, keywords)
    for text in ("Sold in Q3: 12.", "Three Months Ended March 31, 2023: 12"):
        assert lacking(names, text, text, keywords) == ("Q2",)


@pytest.mark.parametrize("written", ["$1,250,000", "1.250.000 €", "1 250 000 francs", "1250000"])
def test_a_number_is_the_same_however_its_thousands_are_parted(keywords: KeywordIndex, written: str) -> None:
    text = f"The roof cost {written} in 2019, the gate cost 12 500."
    assert not lacking(find_names("What cost 1250000?"), text, text, keywords)
    assert lacking(find_names("What cost 125000?"), text, text, keywords)
