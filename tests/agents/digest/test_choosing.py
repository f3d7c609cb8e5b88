"""Which documents are meant."""

from pathlib import Path

import pytest
from ayllu.agents.asking import wanted_extent
from ayllu.agents.digest import Plan, plan_reading
from ayllu.retrieval import Filters, Library

DOCUMENTS = {
    "employee-handbook.md": "# Employee handbook\n\nWork begins at nine. The badge costs 5 soles.\n",
    "minutes-may.md": "# Minutes of May\n\nThe board met on 4 May.\n",
    "minutes-june.md": "# Minutes of June\n\nThe board met on 8 June.\n",
    "ferry.md": "# The ferry\n\nThe ferry leaves at ten.\n",
}


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    for name, text in DOCUMENTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    library.ingest([str(tmp_path / name) for name in DOCUMENTS], collection="c")
    return library


def plan(
    library: Library, question: str, cited: list[str] | None = None, most_tokens: int = 60_000, glob: str = "*"
) -> Plan | None:
    filters = Filters(sources=[glob])
    return plan_reading(library, question, collections=["c"], filters=filters, cited=cited or [], most_tokens=most_tokens)


def names(plan: Plan | None) -> list[str]:
    assert plan is not None
    return [Path(document.source).name for document in plan.documents]


def test_a_document_goes_by_its_file_its_title_or_what_it_is(filled: Library) -> None:
    assert names(plan(filled, "Summarise ferry.md")) == ["ferry.md"]
    assert names(plan(filled, "Summarise the ferry")) == ["ferry.md"]
    assert names(plan(filled, "Summarise the handbook")) == ["employee-handbook.md"]
    assert set(names(plan(filled, "List every date in the minutes"))) == {"minutes-june.md", "minutes-may.md"}


def test_a_subject_that_names_no_document_is_left_to_passages(filled: Library) -> None:
    assert plan(filled, "Summarise the working hours") is None
    assert plan(filled, "Who met on 4 May?") is None


def test_this_is_what_was_cited_or_all_that_the_filters_let_through(filled: Library, tmp_path: Path) -> None:
    ferry = str((tmp_path / "ferry.md").resolve())
    assert names(plan(filled, "Summarise it", cited=[ferry])) == ["ferry.md"]
    assert names(plan(filled, "What is this document about?", glob="*handbook*")) == ["employee-handbook.md"]
    unclear = plan(filled, "Summarise this document")
    assert unclear is not None
    assert set(unclear.candidates) == {"Employee handbook", "Minutes of May", "Minutes of June", "The ferry"}


def test_a_list_of_everything_reads_all_there_is_where_that_is_not_too_much(filled: Library) -> None:
    everything = plan(filled, "List every date")
    assert len(names(everything)) == len(DOCUMENTS)
    assert plan(filled, "List every date", most_tokens=200) is None
    board = plan(filled, "List all members of the board")
    assert board is not None
    assert board.topic == "members of the board"
    assert wanted_extent("List all members of the board").topic == "members"
