"""Of many documents alike a question names some: their passages come first, though few of them have the name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.retrieval import Document, Explained, HashingEmbedder, Library, Parsed, SearchMode, SearchRequest

PERIODS = {1: "March 31, 2023", 2: "June 30, 2023", 3: "September 30, 2023"}
FIRMS = ("Orchard", "Bluewater", "Cinder", "Delphine")
TOPICS = (
    *("inventories", "leases", "debt", "pensions", "taxes", "hedging", "goodwill", "segments", "dividends", "repurchases"),
    *("warranties", "lawsuits", "controls", "exhibits", "receivables", "advertising", "insurance", "freight", "patents"),
    *("laboratories", "recruitment", "packaging"),
)


def report(firm: str, number: int) -> Document:
    opening = (
        f"# Quarterly report of {firm} Holdings\n\nThe accounts of {firm} Holdings and all that it owns are shown below."
    )
    sections = [
        f"## On {topic}\n\nThe {topic} of the firm were {100 * number + at} million at the end of the quarter,"
        f" and were looked at by the auditors twice. {'They are described with care. ' * 25}"
        for at, topic in enumerate(TOPICS)
    ]
    text = "\n\n".join([opening, *sections])
    return Document("reports", f"/docs/{number}.md", "/docs", Parsed(text, "text/plain"), mtime_ns=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), HashingEmbedder()) as library:
        with library.writing():
            library.add(report(firm, number) for number, firm in enumerate(FIRMS, start=1))
        yield library


@pytest.mark.parametrize(("firm", "value"), [("Cinder", "317"), ("Delphine", "417")])
def test_what_is_asked_of_a_named_firm_is_found_in_its_report(library: Library, firm: str, value: str) -> None:
    passages = library.search(f"How large was the freight of {firm} Holdings?", collection="reports")
    first = next(passage for passage in passages if "freight of the firm" in passage.text)
    assert f"freight of the firm were {value} million" in first.text


def test_a_name_of_most_documents_tells_none_from_the_others(library: Library) -> None:
    plain = library.search("How large was the freight?", collection="reports")
    named = library.search("How large was the freight of Holdings?", collection="reports")
    assert {Path(passage.source) for passage in plain[:4]} == {Path(passage.source) for passage in named[:4]}


def quarterly(firm: str, quarter: int, number: int) -> Document:
    opening = f"# Quarterly report\n\n{firm} Devices Inc. For the quarterly period ended {PERIODS[quarter]}, as filed."
    sections = [
        f"## On {topic}\n\nThe {topic} of the firm were {100 * number + at} million. {'They are described with care. ' * 25}"
        for at, topic in enumerate(TOPICS)
    ]
    text = "\n\n".join([opening, *sections])
    return Document(
        "quarters", f"/docs/{firm[:4].lower()}-2023q{quarter}.md", "/docs", Parsed(text, "text/plain"), mtime_ns=1
    )


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    reports = [("Orchard", 1), ("Orchard", 2), ("Orchard", 3), ("Bluewater", 2), ("Cinder", 2), ("Delphine", 3)]
    with Library.open(tmp_path_factory.mktemp("quarters"), HashingEmbedder()) as library:
        with library.writing():
            library.add(quarterly(*report, number) for number, report in enumerate(reports, start=1))
        yield library


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("What were the patents of Orchard Devices on June 30, 2023?", "orch-2023q2.md"),
        ("What were Orchard's patents in the third quarter of 2023?", "orch-2023q3.md"),
        ("What were the patents of Orchard in Q1 2023?", "orch-2023q1.md"),
    ],
)
def test_of_several_reports_of_a_firm_that_of_the_period_comes_first(quarters: Library, question: str, source: str) -> None:
    passages = quarters.search(question, collection="quarters")
    first = next(passage for passage in passages if "patents" in passage.text)
    assert Path(first.source).name == source


def test_a_name_of_which_no_opening_has_every_word_is_no_name_of_a_document(quarters: Library) -> None:
    stages = [hit.stages for hit in explain(quarters, "Which patents has the Orchard Patents office?")]
    assert not any("named" in stage for stage in stages)


def test_a_question_that_asks_nothing_beside_the_name_is_asked_as_it_stands(quarters: Library) -> None:
    assert not any("named" in hit.stages for hit in explain(quarters, "What is Orchard?"))


def test_the_places_among_the_named_documents_are_explained(quarters: Library) -> None:
    hits = explain(quarters, "How large were the patents of Orchard on June 30, 2023?")
    first = next(hit for hit in hits if "patents" in hit.passage.text)
    assert {"fused", "named", "with named"} <= set(first.stages)


def explain(library: Library, question: str) -> list[Explained]:
    return library.explain(SearchRequest(question, 5, SearchMode.HYBRID, ("quarters",)))
