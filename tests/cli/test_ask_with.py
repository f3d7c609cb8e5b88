"""`ayllu ask --with`: documents that are asked and not kept."""

from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


def test_a_document_that_is_named_with_the_question_is_cited_and_nothing_of_it_is_kept(
    ayllu: Ayllu, handbook: Path, home: Path
) -> None:
    answer = ayllu("ask", "When does the ferry leave?", "--with", handbook / "ferry.md", "--json").json
    assert {passage["source"] for passage in answer["passages"]} == {str(handbook / "ferry.md")}
    assert answer["citations"]
    assert not (home / "library").exists()
    both = ayllu("ask", "When?", "--with", handbook / "ferry.md", "--with", handbook / "bread.txt", "--json").json
    assert {Path(passage["source"]).name for passage in both["passages"]} == {"ferry.md", "bread.txt"}
    assert ayllu("sources", "list", "--json").json["sources"] == []


def test_a_document_that_is_piped_in_is_cited_as_stdin(ayllu: Ayllu) -> None:
    page = "<!doctype html><title>Boats</title><p>The ferry leaves at 7:45 from pier 3.</p>"
    answer = ayllu("ask", "When does the ferry leave?", "--with", "-", "--json", stdin=page).json
    assert [passage["source"] for passage in answer["passages"]] == ["stdin"]
    assert "<p>" not in answer["passages"][0]["text"]


def test_a_document_that_cannot_be_read_is_named_with_its_reason(ayllu: Ayllu, handbook: Path) -> None:
    nothing = ayllu("ask", "When?", "--with", handbook / "tides.md", "--json")
    assert nothing.code == 1
    assert "tides.md` was not read: there is no such file" in nothing.json["error"]
    partly = ayllu("ask", "When?", "--with", handbook / "tides.md", "--with", handbook / "ferry.md", "--json")
    assert partly.code == 0
    assert any("tides.md" in warning for warning in partly.json["warnings"])
    empty = ayllu("ask", "When?", "--with", "-", "--json")
    assert "`stdin` was not read: it is empty" in empty.json["error"]


def test_a_question_and_a_document_cannot_both_be_piped_in_nor_a_collection_be_named_too(
    ayllu: Ayllu, handbook: Path
) -> None:
    assert ayllu("ask", "--with", "-", stdin="When?").code == 2
    assert ayllu("ask", "-", "--with", "-", stdin="When?").code == 2
    assert ayllu("ask", "When?", "--with", handbook / "ferry.md", "--collection", "sea").code == 2
    assert ayllu("ask", "-", "--with", handbook / "ferry.md", "--json", stdin="When does the ferry leave?").code == 0
